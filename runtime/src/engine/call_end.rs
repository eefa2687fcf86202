//! How a call ended, and what it counts as.

use std::time::Duration;

use crate::{
    outcome::{Outcome, Verdict},
    state::rules::TrialEnd,
    window::Sample,
};

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It returned, and this is how that counts.
    Returned(Outcome),
    /// It returned a failure that asks for so long a cooldown.
    FailedFor(Duration),
    TimedOut,
    /// Its future or its predicate panicked.
    Panicked,
    /// Its future was dropped.
    Dropped,
}

/// What a call counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Call(Sample),
    Ignored,
    Cancelled,
}

impl End {
    #[inline]
    pub(super) const fn is_success(self) -> bool {
        matches!(self, Self::Returned(Outcome::Success))
    }

    /// The cooldown that the call asks for.
    pub(super) const fn asked(self) -> Option<Duration> {
        match self {
            Self::FailedFor(cooldown) => Some(cooldown),
            _ => None,
        }
    }
}

impl From<Verdict> for End {
    #[inline]
    fn from(verdict: Verdict) -> Self {
        match verdict.outcome() {
            Outcome::Failure => verdict
                .cooldown()
                .map_or(Self::Returned(Outcome::Failure), Self::FailedFor),
            outcome => Self::Returned(outcome),
        }
    }
}

impl Counted {
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Call(Sample { failed: true, .. }) => Outcome::Failure,
            Self::Call(Sample { failed: false, .. }) => Outcome::Success,
            Self::Ignored | Self::Cancelled => Outcome::Ignored,
        }
    }

    /// R8: a trial call that was dropped after `slow_call` has failed, also where slow calls are judged apart.
    pub(super) fn in_half_open(self, end: End) -> Self {
        match self {
            Self::Call(sample) if end == End::Dropped => Self::Call(Sample {
                failed: true,
                ..sample
            }),
            other => other,
        }
    }

    pub(super) fn trial_end(self) -> TrialEnd {
        match self {
            Self::Call(Sample { failed: true, .. }) => TrialEnd::Failed,
            Self::Call(Sample { failed: false, slow }) => TrialEnd::Succeeded { slow },
            Self::Ignored | Self::Cancelled => TrialEnd::Neutral,
        }
    }
}
