//! What is told after a change.

pub(crate) mod dispatcher;
pub(crate) mod log;
mod receiver;
mod subscription;

use std::{fmt, time::Duration};

use crate::state::{Reason, State};

pub(crate) use dispatcher::{Delivery, Hub};
pub use receiver::{Events, EventsError};
pub use subscription::Subscription;

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
