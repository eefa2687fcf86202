//! The verdict of a classifier about one call.

use std::time::Duration;

use crate::{clock, outcome::Outcome};

/// An outcome, and the cooldown that the service requested.
///
/// Most classifiers return an [`Outcome`], which is a verdict without a requested cooldown.
///
/// ```
/// use std::time::Duration;
/// use fusebox::{Outcome, Verdict};
///
/// let verdict = Verdict::from(Outcome::Failure).open_for(Duration::from_secs(20));
/// assert_eq!(verdict.cooldown(), Some(Duration::from_secs(20)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Verdict {
    outcome: Outcome,
    /// Nanoseconds; zero requests nothing. 16 bytes in all, so that the end of
    /// a call is passed in registers.
    cooldown: u64,
}

impl Verdict {
    pub(crate) const SUCCESS: Self = Self {
        outcome: Outcome::Success,
        cooldown: 0,
    };

    /// Requests a cooldown of this length, such as the `Retry-After` of a 503.
    ///
    /// | | |
    /// |---|---|
    /// | applies when | this call is a failure that trips the breaker, or a trial call that reopens it; ignored otherwise |
    /// | upper limit | `max_cooldown`, or `cooldown` if there is none, so that no service opens its breaker for longer than you allow |
    /// | lower limit | anything above zero; zero requests nothing |
    /// | `jitter` | added as always, because every client received the same time |
    /// | back-off | goes on: the next cooldown without a request is as long as it would have been |
    #[doc(alias = "retry_after")]
    #[must_use = "returns a new verdict"]
    pub const fn open_for(mut self, cooldown: Duration) -> Self {
        self.cooldown = clock::nanos(cooldown);
        self
    }

    /// Returns how the call counts.
    #[inline]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Returns the requested cooldown.
    #[inline]
    pub const fn cooldown(&self) -> Option<Duration> {
        match self.cooldown {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }
}

impl From<Outcome> for Verdict {
    #[inline]
    fn from(outcome: Outcome) -> Self {
        Self { outcome, cooldown: 0 }
    }
}
