//! A registry of its own for one test; without the feature `test-util` there is only the global one.

#[cfg_attr(feature = "test-util", path = "slot.rs")]
#[cfg_attr(not(feature = "test-util"), path = "none.rs")]
mod imp;

#[cfg(feature = "test-util")]
pub(crate) use imp::within;

pub(crate) use imp::{breaker_of, current};
