//! The end of a call that took too long.

use std::{io, time::Duration};

use crate::{
    config::{Name, name::NameRef},
    error::rounded::Rounded,
};

/// The call took longer than `timeout` and was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("call through circuit breaker `{name}` timed out after {}", Rounded(*.after))]
pub struct TimedOut {
    name: NameRef,
    after: Duration,
}

impl TimedOut {
    pub(crate) const fn new(name: NameRef, after: Duration) -> Self {
        Self { name, after }
    }

    /// Returns the breaker's name.
    pub fn name(&self) -> Name {
        self.name.name()
    }

    /// Returns the timeout.
    pub const fn after(&self) -> Duration {
        self.after
    }
}

/// `TimedOut`, with the timeout as its source.
impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}
