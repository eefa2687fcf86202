//! An asynchronous receiver of events.

use tokio::sync::broadcast;

use crate::event::Event;
use crate::event::dispatcher::concerns;

/// An asynchronous receiver of events, from [`CircuitBreaker::events`](crate::CircuitBreaker::events) or
/// [`Registry::events`](crate::Registry::events).
///
/// It holds 256 events; a receiver that falls further behind loses its own oldest events and nothing else.
#[derive(Debug)]
pub struct EventReceiver {
    pub(super) name: Option<&'static str>,
    pub(super) receiver: broadcast::Receiver<Event>,
}

/// Why there is no next event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RecvError {
    /// This receiver was too slow; the next event is the oldest that it still has.
    #[error("{events} events were dropped: the receiver was too slow")]
    #[non_exhaustive]
    Dropped {
        /// The number of dropped events of the whole registry.
        events: u64,
    },
    /// The registry is gone.
    #[error("the registry of these events is gone")]
    Closed,
}

impl EventReceiver {
    /// The next event.
    ///
    /// # Errors
    /// [`Dropped`](RecvError::Dropped) once after events were lost, [`Closed`](RecvError::Closed) at the end.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn recv(&mut self) -> Result<Event, RecvError> {
        loop {
            let event = self.receiver.recv().await.map_err(|error| match error {
                broadcast::error::RecvError::Lagged(events) => RecvError::Dropped { events },
                broadcast::error::RecvError::Closed => RecvError::Closed,
            })?;
            if self.wants(&event) {
                return Ok(event);
            }
        }
    }

    /// The next event if there is one now.
    ///
    /// # Errors
    /// As [`recv`](EventReceiver::recv).
    pub fn try_recv(&mut self) -> Result<Option<Event>, RecvError> {
        loop {
            match self.receiver.try_recv() {
                Ok(event) if self.wants(&event) => return Ok(Some(event)),
                Ok(_) => {}
                Err(broadcast::error::TryRecvError::Empty) => return Ok(None),
                Err(broadcast::error::TryRecvError::Lagged(events)) => {
                    return Err(RecvError::Dropped { events });
                }
                Err(broadcast::error::TryRecvError::Closed) => return Err(RecvError::Closed),
            }
        }
    }

    fn wants(&self, event: &Event) -> bool {
        concerns(self.name, event)
    }
}
