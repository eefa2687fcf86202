//! The reason for a change of a breaker.

use std::fmt;

/// The reason for a change of a breaker, or for one that an override prevented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The number of failures reached the threshold: consecutive failures, or those
    /// within the window.
    #[non_exhaustive]
    Failures {
        /// The number of failures.
        failures: u64,
    },
    /// The failure rate of the window reached the threshold.
    #[non_exhaustive]
    FailureRate {
        /// The number of failures.
        failures: u64,
        /// The number of counted calls.
        calls: u64,
    },
    /// The slow-call rate of the window reached `slow_threshold`.
    #[non_exhaustive]
    SlowCallRate {
        /// The number of slow calls.
        slow: u64,
        /// The number of counted calls.
        calls: u64,
    },
    /// The cooldown has elapsed.
    CooldownElapsed,
    /// All trial calls succeeded.
    TrialsSucceeded,
    /// A trial call failed.
    TrialFailed,
    /// The slow-call rate of the trial calls reached `slow_threshold`.
    #[non_exhaustive]
    TrialsSlow {
        /// The number of slow trial calls.
        slow: u32,
        /// The number of completed trial calls.
        calls: u32,
    },
    /// Consecutive trial calls were dropped before they ended, because their
    /// callers gave up first.
    ///
    /// The cure: set `timeout` or `slow_call` to at most your callers' deadline. Then such a call
    /// is a failure.
    #[non_exhaustive]
    TrialsAbandoned {
        /// The number of consecutive abandoned trial calls.
        calls: u32,
    },
    /// An operator's [`trip`](crate::CircuitBreaker::trip) or
    /// [`reset`](crate::CircuitBreaker::reset).
    Operator,
    /// An operator's override was set or released.
    Override,
    /// An override with an end has ended by itself.
    OverrideElapsed,
    /// Enough instances of the fleet had the breaker open.
    #[non_exhaustive]
    Fleet {
        /// How many instances had it open.
        open: u32,
        /// How many instances were alive.
        live: u32,
    },
}

impl Reason {
    /// Returns the lower-case name, as in metric labels: `trial_failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failures { .. } => "failures",
            Self::FailureRate { .. } => "failure_rate",
            Self::SlowCallRate { .. } => "slow_call_rate",
            Self::CooldownElapsed => "cooldown_elapsed",
            Self::TrialsSucceeded => "trials_succeeded",
            Self::TrialFailed => "trial_failed",
            Self::TrialsSlow { .. } => "trials_slow",
            Self::TrialsAbandoned { .. } => "trials_abandoned",
            Self::Operator => "operator",
            Self::Override => "override",
            Self::OverrideElapsed => "override_elapsed",
            Self::Fleet { .. } => "fleet",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Failures { failures: 1 } => f.write_str("1 failure"),
            Self::Failures { failures } => write!(f, "{failures} failures"),
            Self::FailureRate { failures, calls } => write!(f, "{failures} of {calls} calls failed"),
            Self::SlowCallRate { slow, calls } => write!(f, "{slow} of {calls} calls were slow"),
            Self::CooldownElapsed => f.write_str("the cooldown is over"),
            Self::TrialsSucceeded => f.write_str("the trial calls succeeded"),
            Self::TrialFailed => f.write_str("a trial call failed"),
            Self::TrialsSlow { slow, calls } => write!(f, "{slow} of {calls} trial calls were slow"),
            Self::TrialsAbandoned { calls } => write!(
                f,
                "{calls} consecutive trial calls were abandoned; set `timeout` or `slow_call` to at most your callers' deadline"
            ),
            Self::Operator => f.write_str("by an operator"),
            Self::Override => f.write_str("an override was set or released"),
            Self::OverrideElapsed => f.write_str("the override has ended"),
            Self::Fleet { open, live } => write!(f, "open on {open} of {live} instances"),
        }
    }
}
