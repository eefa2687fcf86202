//! The registry of the code that runs now: the global one or a test's.

#[cfg_attr(feature = "test-util", path = "isolated.rs")]
#[cfg_attr(not(feature = "test-util"), path = "never_isolated.rs")]
mod imp;
#[cfg(feature = "test-util")]
mod on_runtime;
#[cfg(feature = "test-util")]
mod polled;

pub(crate) use imp::{PerRegistry, current};
#[cfg(feature = "test-util")]
pub(crate) use {on_runtime::OnRuntime, polled::within};
