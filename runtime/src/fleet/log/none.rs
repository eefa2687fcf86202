//! Without the feature `tracing`, nothing is logged.

use crate::fleet::member::FleetWarning;

pub(crate) const fn warn(_service: &str, _instance: &str, _warning: &FleetWarning) {}
