//! Warnings of a member in `tracing`, under the target `fusebox`.

use crate::fleet::member::FleetWarning;

/// Logs a warning.
pub(crate) fn warn(service: &str, instance: &str, warning: &FleetWarning) {
    tracing::warn!(target: "fusebox", service, instance, "fleet: {warning}");
}
