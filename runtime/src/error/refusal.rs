//! The breaker's own answer to a call.

use std::{io, time::Duration};

use crate::{
    config::Name,
    error::{Rejected, TimedOut},
};

/// The breaker's own answer to a call: a rejection or a timeout.
///
/// ```
/// use fusebox::{Refusal, Rejected};
///
/// /// The error of a handler: an HTTP status and a `Retry-After` in seconds.
/// struct Failed(u16, Option<u64>);
///
/// impl From<Refusal> for Failed {
///     fn from(refusal: Refusal) -> Self {
///         Self(refusal.status(), refusal.retry_after_secs())
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The breaker rejected the call: the function did not run.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The call took longer than `timeout` and was dropped.
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

impl Refusal {
    /// Returns the breaker's name.
    pub fn name(&self) -> Name {
        match self {
            Self::Rejected(rejected) => rejected.name(),
            Self::TimedOut(timed_out) => timed_out.name(),
        }
    }

    /// Returns the rejection; `None` for a timeout.
    pub const fn rejected(&self) -> Option<&Rejected> {
        match self {
            Self::Rejected(rejected) => Some(rejected),
            Self::TimedOut(_) => None,
        }
    }

    /// Returns how long to wait until a trial call is admitted; `None` if that
    /// is not known, and for a timeout.
    pub fn retry_after(&self) -> Option<Duration> {
        self.rejected()?.retry_after()
    }

    /// Returns [`retry_after`](Self::retry_after) in whole seconds, rounded up:
    /// the value of a `Retry-After` header.
    pub fn retry_after_secs(&self) -> Option<u64> {
        self.rejected()?.retry_after_secs()
    }

    /// Returns the HTTP status of a server that answers with this refusal: 503
    /// for a rejection, 504 for a timeout.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Rejected(_) => 503,
            Self::TimedOut(_) => 504,
        }
    }
}

/// Converts like the [`Rejected`] or the [`TimedOut`] in it.
impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejected) => rejected.into(),
            Refusal::TimedOut(timed_out) => timed_out.into(),
        }
    }
}
