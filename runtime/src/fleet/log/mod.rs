//! Warnings of a member in `tracing`, or nothing.

#[cfg_attr(feature = "tracing", path = "tracing.rs")]
#[cfg_attr(not(feature = "tracing"), path = "none.rs")]
mod imp;

pub(crate) use imp::warn;
