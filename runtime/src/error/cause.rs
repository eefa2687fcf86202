//! The cause for which a fallback answers.

use std::{fmt, time::Duration};

use crate::{
    config::Name,
    error::{Refusal, Rejected, TimedOut},
};

/// The cause for which a fallback answers.
///
/// `R` is the whole return value of the function. A `fallback = |cause| expr` receives one. With
/// `fallback_on = "rejection"` (the default) it is always [`Rejected`](Self::Rejected).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause<R> {
    /// The breaker rejected the call: the function did not run.
    Rejected(Rejected),
    /// The function took longer than `timeout` and was dropped.
    TimedOut(TimedOut),
    /// The function returned this, and it counts as a failure.
    Failed(R),
}

impl<R> Cause<R> {
    /// Returns the rejection; `None` for a timeout and a failed call.
    pub const fn rejected(&self) -> Option<&Rejected> {
        match self {
            Self::Rejected(rejected) => Some(rejected),
            Self::TimedOut(_) | Self::Failed(_) => None,
        }
    }

    /// Returns the breaker's own answer; `None` if the function itself failed.
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Rejected(rejected) => Some(Refusal::Rejected(*rejected)),
            Self::TimedOut(timed_out) => Some(Refusal::TimedOut(*timed_out)),
            Self::Failed(_) => None,
        }
    }

    /// Returns how long to wait until a trial call is admitted, if the call was
    /// rejected and that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.rejected()?.retry_after()
    }

    /// Returns the breaker's name; `None` if the function itself failed.
    pub fn name(&self) -> Option<Name> {
        self.refusal().map(|refusal| refusal.name())
    }
}

/// The message of the refusal, or `the call failed`.
impl<R> fmt::Display for Cause<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejected) => rejected.fmt(f),
            Self::TimedOut(timed_out) => timed_out.fmt(f),
            Self::Failed(_) => f.pad("the call failed"),
        }
    }
}
