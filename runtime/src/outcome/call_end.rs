//! The end of a call.

use std::time::Duration;

use crate::outcome::{Outcome, Verdict};

/// The end of a call: it returned, timed out, panicked or was dropped.
///
/// [`Counted`](crate::outcome::Counted) is what such an end counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// It returned, and its classifier decided this.
    Returned(Verdict),
    /// Its `timeout` ended it.
    TimedOut,
    /// Its body or its classifier panicked.
    Panicked,
    /// Its future or its permit was dropped.
    Dropped,
}

impl CallEnd {
    /// A success without more.
    pub(crate) const SUCCESS: Self = Self::Returned(Verdict::SUCCESS);

    /// Returns whether it returned a success, slow or not.
    #[inline]
    pub(crate) fn is_success(self) -> bool {
        matches!(self, Self::Returned(verdict) if verdict.outcome() == Outcome::Success)
    }

    /// Returns the cooldown that a failure requested.
    pub(crate) fn requested_cooldown(self) -> Option<Duration> {
        match self {
            Self::Returned(verdict) if verdict.outcome() == Outcome::Failure => verdict.cooldown(),
            _ => None,
        }
    }
}
