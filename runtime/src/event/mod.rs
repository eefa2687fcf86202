//! The events that follow a change, and their delivery.

mod announcement;
mod breaker_event;
mod change;
mod counters;
pub(crate) mod dispatcher;
pub(crate) mod history;
mod history_entry;
mod inbox;
pub(crate) mod log;
mod operator;
mod queue;
mod receiver;
mod recipients;
pub(crate) mod short_text;
mod subscription;
mod turn;
mod wall_time;

use std::fmt;

pub(crate) use announcement::{AnnouncedChange, Announcement};
pub use breaker_event::{BreakerEvent, EventKind};
pub(crate) use change::{Change, ChangeKind, Moment};
pub(crate) use dispatcher::{Dispatcher, EventRoute};
pub(crate) use history::History;
pub use history::{LastChange, LastTrip};
pub use operator::Operator;
pub use receiver::{EventReceiver, RecvError};
pub(crate) use recipients::KnownRecipients;
pub(crate) use short_text::ShortText;
pub use subscription::Subscription;

/// An event, as a subscriber or a receiver gets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(
    clippy::large_enum_variant,
    reason = "almost every event is a change, and a box would be allocated for each"
)]
pub enum Event {
    /// A breaker changed, or would have tripped.
    Breaker(BreakerEvent),
    /// The oldest events of this subscriber were dropped, because it did not
    /// keep up with the changes and its queue was full.
    ///
    /// One [`Current`](EventKind::Current) event per affected breaker follows.
    #[non_exhaustive]
    Dropped {
        /// The number of dropped events.
        events: u64,
    },
}

impl Event {
    /// Returns the change of a breaker, unless events were dropped.
    pub const fn breaker(&self) -> Option<&BreakerEvent> {
        match self {
            Self::Breaker(event) => Some(event),
            Self::Dropped { .. } => None,
        }
    }

    /// Returns the change itself, unless events were dropped.
    pub fn kind(&self) -> Option<&EventKind> {
        self.breaker().map(|event| &event.kind)
    }

    /// Returns the name of the breaker that changed, unless events were
    /// dropped.
    pub fn name(&self) -> Option<&str> {
        self.breaker().map(|event| event.name.as_str())
    }

    /// Returns the group of the breaker that changed, if it is a keyed one.
    pub fn group(&self) -> Option<&str> {
        self.breaker()?.name.group()
    }

    /// Returns whether the event stands for events that were dropped.
    pub(crate) fn stands_for_dropped(&self) -> bool {
        matches!(self.kind(), None | Some(EventKind::Current { .. }))
    }

    /// Returns the breaker's generation after the change, unless events were
    /// dropped.
    pub fn generation(&self) -> Option<u64> {
        self.breaker().map(|event| event.generation)
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

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
