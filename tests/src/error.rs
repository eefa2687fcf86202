//! The error of most annotated functions in these tests.

use fusebox::{Rejected, TimedOut};

/// An error that can be made from each refusal of a breaker.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Error {
    /// The service failed.
    Down,
    /// The service works, and what was requested does not exist.
    NotFound,
    /// From [`Rejected`].
    Rejected,
    /// From [`TimedOut`].
    TimedOut,
}

impl From<Rejected> for Error {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}
