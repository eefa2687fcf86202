//! Events as a channel.

use std::sync::Arc;

use crate::{
    config::Name,
    event::{
        Event,
        dispatcher::Dispatcher,
        inbox::{Inbox, Received},
        subscription::Subscription,
    },
};

/// An asynchronous receiver of events, from
/// [`CircuitBreaker::events`](crate::CircuitBreaker::events) or
/// [`Registry::events`](crate::Registry::events).
///
/// It holds 256 events of its own. If it falls further behind, its oldest events are dropped. It
/// then reads, in this order:
///
/// 1. [`RecvError::Dropped`],
/// 2. one [`Current`](crate::EventKind::Current) event for each breaker whose events were dropped,
/// 3. the events that were kept.
///
/// So the last event of each breaker shows its present state, however late the receiver reads.
#[derive(Debug)]
pub struct EventReceiver {
    subscription: Subscription,
}

/// The reason why there is no next event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RecvError {
    /// This receiver was too slow. [`Current`](crate::EventKind::Current)
    /// events of the affected breakers follow.
    #[error("{events} events were dropped: the receiver was too slow")]
    #[non_exhaustive]
    Dropped {
        /// The number of dropped events.
        events: u64,
    },
    /// The registry is gone.
    #[error("the registry of these events is gone")]
    Closed,
}

impl Dispatcher {
    /// Attaches a receiver, of one breaker, one group or all.
    pub(crate) fn receive(self: &Arc<Self>, name: Option<Name>) -> EventReceiver {
        let inbox = Inbox::of_receiver(self.counters());
        let inbox = self.add(name.as_ref(), inbox);
        EventReceiver::new(Subscription::new(self, name, inbox))
    }
}

impl EventReceiver {
    pub(super) const fn new(subscription: Subscription) -> Self {
        Self { subscription }
    }

    /// Waits for the next event.
    ///
    /// # Errors
    /// [`Dropped`](RecvError::Dropped) once after events were dropped,
    /// [`Closed`](RecvError::Closed) at the end.
    ///
    /// # Cancel safety
    /// Dropping the future drops no event.
    pub async fn recv(&mut self) -> Result<Event, RecvError> {
        loop {
            if let Some(event) = self.try_recv()? {
                return Ok(event);
            }
            self.subscription.inbox().arrival().await;
        }
    }

    /// Returns the next event, or `None` if there is none now.
    ///
    /// # Errors
    /// Like [`recv`](EventReceiver::recv).
    pub fn try_recv(&mut self) -> Result<Option<Event>, RecvError> {
        match self.subscription.inbox().receive() {
            Received::Event(Event::Dropped { events }) => Err(RecvError::Dropped { events }),
            Received::Event(event) => Ok(Some(event)),
            Received::Empty => Ok(None),
            Received::Complete => Err(RecvError::Closed),
        }
    }
}
