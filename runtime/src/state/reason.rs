//! Why a breaker changed.

use std::fmt;

/// Why a breaker changed, or would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// So many failures, in a row or within the window.
    #[non_exhaustive]
    Failures {
        /// How many.
        failures: u64,
    },
    /// The share of failures in the window.
    #[non_exhaustive]
    FailureRate {
        /// How many failures.
        failures: u64,
        /// Of how many counted calls.
        calls: u64,
    },
    /// The share of slow calls in the window.
    #[non_exhaustive]
    SlowCallRate {
        /// How many slow calls.
        slow: u64,
        /// Of how many counted calls.
        calls: u64,
    },
    /// The cooldown is over.
    CooldownElapsed,
    /// All trial calls succeeded.
    TrialsSucceeded,
    /// A trial call failed.
    TrialFailed,
    /// Too many of the trial calls were slow.
    #[non_exhaustive]
    TrialsSlow {
        /// How many were slow.
        slow: u32,
        /// Of how many.
        calls: u32,
    },
    /// An operator's [`trip`](crate::CircuitBreaker::trip) or [`reset`](crate::CircuitBreaker::reset).
    Operator,
    /// An operator's override was set or released.
    Override,
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
            Self::Operator => f.write_str("by an operator"),
            Self::Override => f.write_str("an override was set or released"),
        }
    }
}
