//! Transitions and conflicts as `tracing` events, or nothing.

#[cfg_attr(feature = "tracing", path = "to_tracing.rs")]
#[cfg_attr(not(feature = "tracing"), path = "to_nobody.rs")]
mod imp;

pub(crate) use imp::{conflict, event};
