//! Without the feature `tracing`, nothing is logged.

use std::fmt;

use crate::event::{BreakerEvent, Change};

pub(crate) const fn is_enabled(_: &Change) -> bool {
    false
}

pub(crate) const fn event(_: &BreakerEvent) {}

pub(crate) const fn dropped(_events: u64) {}

pub(crate) fn configuration_refused(_breaker: &str, _error: &dyn fmt::Display) {}

#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "of a configuration"))]
pub(crate) fn configuration_warning(_warning: &dyn fmt::Display) {}

#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "of a configuration"))]
pub(crate) fn reload_failed(_path: &str, _error: &dyn fmt::Display) {}

#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "of a configuration"))]
pub(crate) fn disabled() {}

pub(crate) const fn overflow(_group: &str, _max_keys: u32) {}

pub(crate) fn conflict(_breaker: &str, _conflict: &dyn fmt::Display) {}
