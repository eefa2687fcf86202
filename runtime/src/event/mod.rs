//! What is told after a change.

pub(crate) mod dispatcher;
pub(crate) mod log;
mod receiver;
mod subscription;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use crate::state::{Reason, State};

pub(crate) use dispatcher::{Delivery, Dispatcher};
pub use receiver::{EventReceiver, RecvError};
pub use subscription::Subscription;

/// What a subscriber and a receiver get.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A breaker changed, or would have tripped.
    Breaker(BreakerEvent),
    /// Events of this registry were dropped, because a subscriber ran for longer than the queue could hold.
    #[non_exhaustive]
    Dropped {
        /// The number of dropped events.
        events: u64,
    },
}

/// One change of one breaker.
///
/// Events of one breaker come in the order of their [`generation`](BreakerEvent::generation), once each, after the change.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BreakerEvent {
    /// The breaker's name.
    pub name: &'static str,
    /// The breaker's generation after the change.
    pub generation: u64,
    /// The reading of the breaker's clock at the change. Only differences between readings have a meaning.
    pub at: Duration,
    /// The wall-clock time of the change.
    pub time: SystemTime,
    /// The change.
    pub kind: EventKind,
}

impl Event {
    /// The change of a breaker, unless events were dropped.
    pub const fn breaker(&self) -> Option<&BreakerEvent> {
        match self {
            Self::Breaker(event) => Some(event),
            Self::Dropped { .. } => None,
        }
    }

    /// The change itself, unless events were dropped.
    pub fn kind(&self) -> Option<&EventKind> {
        self.breaker().map(|event| &event.kind)
    }

    /// The name of the breaker that changed, unless events were dropped.
    pub fn name(&self) -> Option<&'static str> {
        self.breaker().map(|event| event.name)
    }

    /// The breaker's generation after the change, unless events were dropped.
    pub fn generation(&self) -> Option<u64> {
        self.breaker().map(|event| event.generation)
    }
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
}

/// One line for a person: ``circuit breaker `orders` went from closed to open: 5 failures``.
impl fmt::Display for BreakerEvent {
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
        }
    }
}

/// One line for a person.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Breaker(event) => event.fmt(f),
            Self::Dropped { events } => write!(f, "{events} events were dropped"),
        }
    }
}
