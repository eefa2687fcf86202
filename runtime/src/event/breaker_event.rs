//! One change of one breaker.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::{
    config::{Difference, Name},
    event::{Operator, wall_time::WallTime},
    state::{Reason, State},
};

/// One change of one breaker.
///
/// Events of one breaker come in the order of their [`generation`](BreakerEvent::generation), once
/// each, after the change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BreakerEvent {
    /// The breaker's name.
    pub name: Name,
    /// The breaker's generation after the change.
    pub generation: u64,
    /// The state that the breaker reported after the change.
    pub state: State,
    /// The reading of the breaker's clock at the change. Only differences
    /// between readings have a meaning.
    pub at: Duration,
    /// The change.
    pub kind: EventKind,
    /// The operator of the change, with the reason. `None` for a change that
    /// the breaker made by itself or that names no operator.
    pub operator: Option<Operator>,
    /// The text of the error of the call that made the change, if it is known:
    /// at most 200 characters.
    pub error: Option<Arc<str>>,
    pub(super) time: WallTime,
}

/// The kind of a change of a breaker.
///
/// Each change of the generation is one event. `WouldTrip` and `Current` carry the generation that
/// the breaker was in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// The reported state changed. `from` is always the state that the
    /// breaker's previous event reported.
    #[non_exhaustive]
    Transition {
        /// The state before.
        from: State,
        /// The state now.
        to: State,
        /// Why.
        reason: Reason,
        /// How long the cooldown lasts, if the new state is Open.
        cooldown: Option<Duration>,
        /// After how long the new state ends by itself, if it is an override
        /// with an end.
        override_for: Option<Duration>,
    },
    /// An operator's command kept the reported state, and changed the
    /// base state, its cooldown or the end of the override: `trip` while Open or
    /// under an override, `reset` while Closed, another end of an override.
    #[non_exhaustive]
    Restarted {
        /// Why.
        reason: Reason,
        /// How long the cooldown lasts, if the breaker is Open under the
        /// reported state.
        cooldown: Option<Duration>,
        /// After how long the override ends by itself, if it has an end.
        override_for: Option<Duration>,
    },
    /// The breaker would have tripped, but it is forced closed. Sent at most
    /// once per `cooldown`.
    #[non_exhaustive]
    WouldTrip {
        /// Why.
        reason: Reason,
    },
    /// The settings changed.
    #[non_exhaustive]
    Reconfigured {
        /// Every key whose value changed, with both values.
        difference: Arc<[Difference]>,
    },
    /// An operator ended the cooldown: the next call is a trial call.
    CooldownEnded,
    /// The state that a breaker had after the last of its dropped events.
    ///
    /// A subscriber or receiver that was too slow gets [`Dropped`](crate::Event::Dropped), then one
    /// of these for each breaker whose events were dropped, then the events that were kept. So the
    /// last event of a breaker always shows its present state.
    #[non_exhaustive]
    Current {
        /// The reported state.
        state: State,
    },
}

impl BreakerEvent {
    /// Returns the wall-clock time of the change.
    ///
    /// Each use of the event's time returns the same value.
    pub fn time(&self) -> SystemTime {
        self.time.get()
    }

    /// Returns the event that replaces this one and all earlier ones of its breaker
    /// after they were dropped.
    pub(super) fn into_current(self) -> Self {
        Self {
            kind: EventKind::Current { state: self.state },
            operator: None,
            error: None,
            ..self
        }
    }
}

/// One line for a person: ``circuit breaker `orders` went from closed to open:
/// 5 failures``.
impl fmt::Display for BreakerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "circuit breaker `{}` {}", self.name, self.kind)?;
        if let Some(error) = &self.error {
            write!(f, "; error: {error}")?;
        }
        match &self.operator {
            Some(operator) => write!(f, "; by {operator}"),
            None => Ok(()),
        }
    }
}

/// The part of a line after the name: `went from closed to open: 5 failures;
/// cooldown 30s`.
impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cooldown, override_for) = match self {
            Self::Transition {
                from,
                to,
                reason,
                cooldown,
                override_for,
            } => {
                write!(f, "went from {from} to {to}: {reason}")?;
                (cooldown, override_for)
            }
            Self::Restarted {
                reason,
                cooldown,
                override_for,
            } => {
                write!(f, "restarted: {reason}")?;
                (cooldown, override_for)
            }
            Self::WouldTrip { reason } => return write!(f, "would have tripped: {reason}"),
            Self::Reconfigured { difference } => return fmt_difference(difference, f),
            Self::CooldownEnded => return f.write_str("admits a trial call: an operator ended the cooldown"),
            Self::Current { state } => return write!(f, "is {state} after dropped events"),
        };
        if let Some(cooldown) = cooldown {
            write!(f, "; cooldown {cooldown:?}")?;
        }
        if let Some(override_for) = override_for {
            write!(f, "; for {override_for:?}")?;
        }
        Ok(())
    }
}

/// Writes the changed settings: ``has new settings: `cooldown` 5s instead of
/// 30s``.
fn fmt_difference(difference: &[Difference], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("has new settings: ")?;
    for (index, changed) in difference.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        changed.fmt_change(f)?;
    }
    Ok(())
}
