//! Events and conflicts in `tracing`, or nothing.

#[cfg_attr(feature = "tracing", path = "tracing.rs")]
#[cfg_attr(not(feature = "tracing"), path = "none.rs")]
mod imp;

pub(crate) use imp::{configuration_refused, conflict, dropped, event, is_enabled, overflow};
#[cfg(feature = "config")]
pub(crate) use imp::{configuration_warning, disabled, reload_failed};
