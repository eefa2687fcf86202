//! Events as a channel.

use tokio::sync::broadcast;

use crate::event::Event;
use crate::event::dispatcher::concerns;

/// An asynchronous receiver of events, from [`CircuitBreaker::events`](crate::CircuitBreaker::events) or
/// [`Registry::events`](crate::Registry::events).
///
/// It holds 256 events; a receiver that falls further behind loses its own oldest events and nothing else.
#[derive(Debug)]
pub struct Events {
    pub(super) name: Option<&'static str>,
    pub(super) receiver: broadcast::Receiver<Event>,
}

/// Why there is no next event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventsError {
    /// This receiver was too slow; the next event is the oldest that it still has.
    #[error("{missed} events were lost by a slow receiver")]
    Lagged {
        /// How many events of the whole registry were lost.
        missed: u64,
    },
    /// The registry is gone.
    #[error("the registry of these events is gone")]
    Closed,
}

impl Events {
    /// The next event.
    ///
    /// # Errors
    /// [`Lagged`](EventsError::Lagged) once after events were lost, [`Closed`](EventsError::Closed) at the end.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn recv(&mut self) -> Result<Event, EventsError> {
        loop {
            let event = self.receiver.recv().await.map_err(|error| match error {
                broadcast::error::RecvError::Lagged(missed) => EventsError::Lagged { missed },
                broadcast::error::RecvError::Closed => EventsError::Closed,
            })?;
            if self.wants(&event) {
                return Ok(event);
            }
        }
    }

    /// The next event if there is one now.
    ///
    /// # Errors
    /// As [`recv`](Events::recv).
    pub fn try_recv(&mut self) -> Result<Option<Event>, EventsError> {
        loop {
            match self.receiver.try_recv() {
                Ok(event) if self.wants(&event) => return Ok(Some(event)),
                Ok(_) => {}
                Err(broadcast::error::TryRecvError::Empty) => return Ok(None),
                Err(broadcast::error::TryRecvError::Lagged(missed)) => {
                    return Err(EventsError::Lagged { missed });
                }
                Err(broadcast::error::TryRecvError::Closed) => return Err(EventsError::Closed),
            }
        }
    }

    fn wants(&self, event: &Event) -> bool {
        concerns(self.name, event)
    }
}
