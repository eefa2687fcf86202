//! Brings events to listeners and channels: after the change, outside any lock, in order.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock, Weak},
};

use tokio::sync::broadcast;

use crate::{
    event::{Event, EventKind},
    sync::{AtomicU64, Mutex, Ordering, lock},
    telemetry,
};

/// How many events wait for a slow listener before the newest are lost.
const QUEUE: usize = 1024;
/// How many events a receiver may be behind.
const CHANNEL: usize = 256;

type Callback = dyn Fn(&Event) + Send + Sync;

/// The events of one registry.
///
/// Whoever changes a breaker adds the event under that breaker's control lock, so that the queue has the order of the changes, and
/// drains the queue after unlocking. One thread drains at a time; what the others add meanwhile, and what a listener itself causes,
/// is delivered by the one that is at it.
pub(crate) struct Hub {
    queue: Mutex<Queue>,
    listeners: Mutex<Arc<[Listener]>>,
    channel: OnceLock<broadcast::Sender<Event>>,
    /// How many listeners there are, and how many receivers were ever made.
    audience: AtomicU64,
    next_id: AtomicU64,
    panics: AtomicU64,
}

#[derive(Default)]
struct Queue {
    events: VecDeque<Event>,
    is_draining: bool,
    missed: u64,
    lost: u64,
}

#[derive(Clone)]
struct Listener {
    id: u64,
    /// Of this breaker alone, or of the whole registry.
    name: Option<&'static str>,
    callback: Arc<Callback>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            queue: Mutex::new(Queue::default()),
            listeners: Mutex::new(Arc::new([])),
            channel: OnceLock::new(),
            audience: AtomicU64::new(0),
            next_id: AtomicU64::new(0),
            panics: AtomicU64::new(0),
        }
    }

    /// Queues an event. The caller holds the breaker's control lock and drains after releasing it.
    pub(crate) fn add(&self, event: Event) {
        let mut queue = lock(&self.queue);
        if queue.events.len() < QUEUE {
            queue.events.push_back(event);
        } else {
            queue.missed += 1;
            queue.lost += 1;
        }
    }

    /// Delivers what is queued, unless another thread is at it.
    pub(crate) fn drain(&self) {
        let mut next = self.next(false);
        while let Some(event) = next {
            self.deliver(&event);
            next = self.next(true);
        }
    }

    fn deliver(&self, event: &Event) {
        self.guarded(|| telemetry::event(event));
        // Acquire: who sees that somebody listens sees the listener.
        if self.audience.load(Ordering::Acquire) == 0 {
            return;
        }
        let listeners = Arc::clone(&lock(&self.listeners));
        for listener in listeners.iter().filter(|listener| listener.wants(event)) {
            self.guarded(|| (listener.callback)(event));
        }
        if let Some(channel) = self.channel.get() {
            // An error says that nobody listens any more, which is nobody's loss.
            let _ = channel.send(*event);
        }
    }

    /// Runs what is not ours; a panic in it is counted and goes no further.
    fn guarded(&self, user_code: impl FnOnce()) {
        if catch_unwind(AssertUnwindSafe(user_code)).is_err() {
            // Relaxed: a number for people.
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The next event to deliver by this thread, which has just delivered one or asks for the first time.
    fn next(&self, is_at_it: bool) -> Option<Event> {
        let mut queue = lock(&self.queue);
        if queue.is_draining != is_at_it {
            return None;
        }
        let event = queue.events.pop_front().or_else(|| queue.take_lag());
        queue.is_draining = event.is_some();
        event
    }

    /// How many events were lost to slow listeners.
    pub(crate) fn lost(&self) -> u64 {
        lock(&self.queue).lost
    }

    /// How many times a listener panicked.
    pub(crate) fn panics(&self) -> u64 {
        // Relaxed: a number for people.
        self.panics.load(Ordering::Relaxed)
    }

    pub(crate) fn subscribe(
        self: &Arc<Self>,
        name: Option<&'static str>,
        callback: Arc<Callback>,
    ) -> Subscription {
        // Relaxed: only uniqueness matters.
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut listeners = lock(&self.listeners);
        *listeners = listeners
            .iter()
            .cloned()
            .chain([Listener { id, name, callback }])
            .collect();
        // Release: pairs with the Acquire of who delivers.
        self.audience.fetch_add(1, Ordering::Release);
        drop(listeners);
        Subscription {
            hub: Arc::downgrade(self),
            id,
        }
    }

    fn unsubscribe(&self, id: u64) {
        let kept: Arc<[Listener]>;
        let removed = {
            let mut listeners = lock(&self.listeners);
            kept = listeners
                .iter()
                .filter(|listener| listener.id != id)
                .cloned()
                .collect();
            // Relaxed: who misses this delivers to nobody.
            self.audience.fetch_sub(1, Ordering::Relaxed);
            std::mem::replace(&mut *listeners, kept)
        };
        // The callback may own anything, so it is dropped outside the lock.
        drop(removed);
    }

    pub(crate) fn receive(&self, name: Option<&'static str>) -> Events {
        let channel = self.channel.get_or_init(|| broadcast::channel(CHANNEL).0);
        let receiver = channel.subscribe();
        // Release: pairs with the Acquire of who delivers.
        self.audience.fetch_add(1, Ordering::Release);
        Events { name, receiver }
    }
}

impl Queue {
    fn take_lag(&mut self) -> Option<Event> {
        let missed = std::mem::take(&mut self.missed);
        let kind = EventKind::Lagged { missed };
        (missed > 0).then_some(Event {
            name: "",
            generation: 0,
            at: std::time::Duration::ZERO,
            kind,
        })
    }
}

impl Listener {
    fn wants(&self, event: &Event) -> bool {
        self.name
            .is_none_or(|name| name == event.name || matches!(event.kind, EventKind::Lagged { .. }))
    }
}

/// Keeps a listener attached; dropping it ends the subscription.
#[derive(Debug)]
#[must_use = "the listener is removed when this is dropped; call `detach` to keep it"]
pub struct Subscription {
    hub: Weak<Hub>,
    id: u64,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("listeners", &lock(&self.listeners).len())
            .finish_non_exhaustive()
    }
}

impl Subscription {
    /// Keeps the listener for the life of its registry.
    pub fn detach(mut self) {
        self.hub = Weak::new();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.unsubscribe(self.id);
        }
    }
}

/// An asynchronous receiver of events, from [`CircuitBreaker::events`](crate::CircuitBreaker::events) or
/// [`Registry::events`](crate::Registry::events).
///
/// It holds 256 events; a receiver that falls further behind loses its own oldest events and nothing else.
#[derive(Debug)]
pub struct Events {
    name: Option<&'static str>,
    receiver: broadcast::Receiver<Event>,
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
        self.name
            .is_none_or(|name| name == event.name || matches!(event.kind, EventKind::Lagged { .. }))
    }
}
