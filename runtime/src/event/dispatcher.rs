//! Brings events to listeners and channels: after the change, outside any lock, in order.

use std::{
    collections::VecDeque,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

use tokio::sync::broadcast;

use crate::{
    event::{Event, EventReceiver, Subscription, log},
    sync::{AtomicU64, Mutex, Ordering, lock},
};

/// How many events wait for a slow listener before the newest are lost.
const QUEUE: usize = 1024;
/// How many events a receiver may be behind.
const CHANNEL: usize = 256;

type Callback = dyn Fn(&Event) + Send + Sync;

/// The events of one registry.
///
/// Whoever changes a breaker adds the event under that breaker's control lock, so that events come in the order of the changes. One
/// thread delivers at a time, after unlocking: the one that found nobody at it. What others add meanwhile, and what a listener
/// itself causes, waits in the queue and is delivered by the one that is at it.
pub(crate) struct Dispatcher {
    /// [`NOBODY`], [`ALONE`] or [`FOLLOWED`].
    delivering: AtomicU64,
    queue: Mutex<Queue>,
    listeners: Mutex<Arc<[Listener]>>,
    channel: OnceLock<broadcast::Sender<Event>>,
    /// How many listeners there are, and how many receivers were ever made.
    audience: AtomicU64,
    next_id: AtomicU64,
    panics: AtomicU64,
}

/// Nobody delivers, and the queue is empty.
const NOBODY: u64 = 0;
/// One thread has an event to deliver, and the queue is empty.
const ALONE: u64 = 1;
/// One thread has an event to deliver, and the queue holds more. Entered under the queue's lock.
const FOLLOWED: u64 = 2;

#[derive(Default)]
struct Queue {
    events: VecDeque<Event>,
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

impl Dispatcher {
    pub(crate) fn new() -> Self {
        Self {
            delivering: AtomicU64::new(NOBODY),
            queue: Mutex::new(Queue::default()),
            listeners: Mutex::new(Arc::new([])),
            channel: OnceLock::new(),
            audience: AtomicU64::new(0),
            next_id: AtomicU64::new(0),
            panics: AtomicU64::new(0),
        }
    }

    /// Takes an event, from the holder of its breaker's control lock. True if nobody delivers, so that the caller has to make a
    /// [`Delivery`] of it, to be dropped after releasing that lock; whoever is at it already delivers this one too.
    #[must_use]
    pub(crate) fn add(&self, event: &Event) -> bool {
        if self.transition(NOBODY, ALONE) {
            return true;
        }
        let mut queue = lock(&self.queue);
        loop {
            // Acquire: as in `transition`.
            match self.delivering.load(Ordering::Acquire) {
                NOBODY if self.transition(NOBODY, ALONE) => return true,
                ALONE if self.transition(ALONE, FOLLOWED) => break,
                FOLLOWED => break,
                _ => {}
            }
        }
        if queue.events.len() < QUEUE {
            queue.events.push_back(event.clone());
        } else {
            queue.missed += 1;
            queue.lost += 1;
        }
        false
    }

    /// The next event for the one who has delivered one.
    fn next(&self) -> Option<Event> {
        if self.transition(ALONE, NOBODY) {
            return None;
        }
        let mut queue = lock(&self.queue);
        let event = queue.events.pop_front().or_else(|| queue.take_dropped());
        if queue.is_empty() {
            // Nobody follows while this holds the lock.
            self.transition(FOLLOWED, ALONE);
        }
        event
    }

    /// Changes who delivers; false where it was not so.
    fn transition(&self, from: u64, to: u64) -> bool {
        // AcqRel: one who delivers sees what the one before him has done.
        self.delivering
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    fn deliver(&self, event: &Event) {
        self.guarded(|| log::event(event));
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
            let _ = channel.send(event.clone());
        }
    }

    /// Runs what is not ours; a panic in it is counted and goes no further.
    pub(crate) fn guarded(&self, user_code: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(user_code)) {
            // Not dropped: it is not ours either, and could panic again.
            mem::forget(payload);
            // Relaxed: a number for people.
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many events were lost to slow listeners.
    pub(crate) fn lost(&self) -> u64 {
        lock(&self.queue).lost
    }

    /// How many times a listener or a waker panicked.
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

    pub(super) fn unsubscribe(&self, id: u64) {
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
            mem::replace(&mut *listeners, kept)
        };
        // The callback may own anything, so it is dropped outside the lock.
        drop(removed);
    }

    pub(crate) fn receive(&self, name: Option<&'static str>) -> EventReceiver {
        let channel = self.channel.get_or_init(|| broadcast::channel(CHANNEL).0);
        let receiver = channel.subscribe();
        // Release: pairs with the Acquire of who delivers.
        self.audience.fetch_add(1, Ordering::Release);
        EventReceiver { name, receiver }
    }
}

/// An event in the hands of the one who must deliver it, and what follows it: when this is dropped, also by a panic.
pub(crate) struct Delivery<'a> {
    pub(crate) hub: &'a Dispatcher,
    pub(crate) event: Event,
}

impl Drop for Delivery<'_> {
    fn drop(&mut self) {
        // Guarded as a whole, with the wakers of a channel and the end of a listener that has left: the next event comes, whatever
        // happens.
        self.hub.guarded(|| self.hub.deliver(&self.event));
        while let Some(event) = self.hub.next() {
            self.hub.guarded(|| self.hub.deliver(&event));
        }
    }
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.events.is_empty() && self.missed == 0
    }

    fn take_dropped(&mut self) -> Option<Event> {
        let events = mem::take(&mut self.missed);
        (events > 0).then_some(Event::Dropped { events })
    }
}

impl Listener {
    fn wants(&self, event: &Event) -> bool {
        concerns(self.name, event)
    }
}

/// Whether an event is for those who listen to this breaker, or to all.
pub(super) fn concerns(name: Option<&str>, event: &Event) -> bool {
    name.is_none_or(|name| event.breaker().is_none_or(|event| event.name == name))
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatcher")
            .field("listeners", &lock(&self.listeners).len())
            .finish_non_exhaustive()
    }
}
