//! What is told after a change.

use std::{fmt, time::Duration};

use crate::state::State;

/// One change of one breaker.
///
/// Events of one breaker come in the order of their [`generation`](Event::generation), once each, after the change.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The breaker's name.
    pub name: &'static str,
    /// The breaker's generation after the change.
    pub generation: u64,
    /// When it was, on the breaker's clock. That starts at a moment of its own choice, so only differences mean something.
    pub at: Duration,
    /// What happened.
    pub kind: EventKind,
}

/// What happened to a breaker.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// The reported state changed. `from` is always the `to` of the breaker's transition before.
    #[non_exhaustive]
    Transition {
        /// The state before.
        from: State,
        /// The state now.
        to: State,
        /// Why.
        reason: Reason,
        /// How long the cooldown lasts, where the new state is Open.
        cooldown: Option<Duration>,
    },
    /// Forced closed, the breaker would have tripped. At most once per `cooldown`, which a trip from Closed lasts.
    #[non_exhaustive]
    WouldTrip {
        /// Why.
        reason: Reason,
    },
    /// So many events of this registry were lost, because a listener ran for longer than the queue could hold.
    #[non_exhaustive]
    Lagged {
        /// How many.
        missed: u64,
    },
}

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
    SlowRate {
        /// How many slow calls.
        slow: u64,
        /// Of how many counted calls.
        calls: u64,
    },
    /// The cooldown is over.
    CooldownOver,
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
            Self::SlowRate { slow, calls } => write!(f, "{slow} of {calls} calls were slow"),
            Self::CooldownOver => f.write_str("the cooldown is over"),
            Self::TrialsSucceeded => f.write_str("the trial calls succeeded"),
            Self::TrialFailed => f.write_str("a trial call failed"),
            Self::TrialsSlow { slow, calls } => write!(f, "{slow} of {calls} trial calls were slow"),
            Self::Operator => f.write_str("by an operator"),
            Self::Override => f.write_str("an override was set or released"),
        }
    }
}

/// One line for a person: ``circuit breaker `orders` is open: 5 failures``.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name;
        match self.kind {
            EventKind::Transition {
                from,
                to,
                reason,
                cooldown,
            } => {
                write!(f, "circuit breaker `{name}` went from {from} to {to}: {reason}")?;
                cooldown.map_or(Ok(()), |cooldown| write!(f, "; cooldown {cooldown:?}"))
            }
            EventKind::WouldTrip { reason } => {
                write!(f, "circuit breaker `{name}` would have tripped: {reason}")
            }
            EventKind::Lagged { missed } => write!(f, "{missed} events were lost"),
        }
    }
}
