//! What a classifier says of one call.

use std::time::Duration;

use crate::outcome::Outcome;

/// How a call counts, and for how long the service asks to be left alone.
///
/// Most classifiers return an [`Outcome`], which is a verdict without a wish.
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
    cooldown: Option<Duration>,
}

impl Verdict {
    /// If this failure opens the breaker, it stays open for this long instead of its own cooldown: the `Retry-After` of a 503.
    ///
    /// | | |
    /// |---|---|
    /// | when | this call trips the breaker, or is the trial call that opens it again; for any other call it changes nothing |
    /// | longest | `max_cooldown`; without one `cooldown`, so that no service can close itself off for longer than you allow |
    /// | shortest | anything above zero; zero is no wish |
    /// | `jitter` | added as always, because everybody was told the same time |
    /// | back-off | goes on counting: the next cooldown without a wish is as long as it would have been |
    #[doc(alias = "retry_after")]
    pub const fn open_for(mut self, cooldown: Duration) -> Self {
        self.cooldown = if cooldown.is_zero() { None } else { Some(cooldown) };
        self
    }

    /// How the call counts.
    #[inline]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The cooldown that it asks for.
    #[inline]
    pub const fn cooldown(&self) -> Option<Duration> {
        self.cooldown
    }
}

impl From<Outcome> for Verdict {
    #[inline]
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            cooldown: None,
        }
    }
}
