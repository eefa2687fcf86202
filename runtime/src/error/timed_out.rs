//! The end of a call that took too long.

use std::{io, time::Duration};

use crate::error::rounded::Rounded;

/// The call took longer than `timeout` and was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("call through circuit breaker `{name}` timed out after {}", Rounded(*.after))]
pub struct TimedOut {
    name: &'static str,
    after: Duration,
}

impl TimedOut {
    pub(crate) const fn new(name: &'static str, after: Duration) -> Self {
        Self { name, after }
    }

    /// The breaker's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The timeout.
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
