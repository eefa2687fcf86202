//! The operations of every store.

use std::{future::Future, pin::Pin, sync::Arc};

use tokio::sync::mpsc;

use crate::fleet::{
    protocol::{Command, Message, Reply},
    store::StoreError,
};

/// A future of a store's reply.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One member's connection to the states of one service.
/// Dropping it disconnects.
///
/// `fleet/tests/conformance.rs` holds the claims that every implementation passes.
pub(crate) trait Backend: Send + Sync + 'static {
    /// Runs one command atomically.
    /// Ends within a bounded time, with an error if the store does not answer.
    fn execute(&self, command: Command) -> Boxed<'_, Result<Reply, StoreError>>;
}

/// A connection and what arrives on it.
pub(crate) struct Connected {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) events: mpsc::Receiver<StoreEvent>,
}

/// An event on a connection that is not the reply to a command.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StoreEvent {
    /// The store answers and messages are subscribed to: a snapshot misses nothing
    /// from here on.
    Up,
    /// The store is gone. Sent once for each reason, until `Up`.
    Down(StoreError),
    /// A published change.
    Message(Message),
    /// Messages were lost; a snapshot replaces them.
    Missed,
    /// A message was ignored: too long or not readable.
    Ignored,
}

/// How many events wait for a member before messages are lost.
pub(crate) const EVENTS: usize = 1024;
