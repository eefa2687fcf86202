//! Transitions and conflicts as `tracing` events, or nothing.

#[cfg_attr(feature = "tracing", path = "tracing.rs")]
#[cfg_attr(not(feature = "tracing"), path = "none.rs")]
mod imp;

pub(crate) use imp::{conflict, event};
