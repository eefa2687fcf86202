//! The inbox of one subscriber or one receiver, and the delivery to a
//! subscriber.

use std::{
    cell::Cell,
    fmt, mem,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::{
    event::{BreakerEvent, Event, counters::Counters, log, queue::EventQueue},
    sync::{Condvar, Mutex, const_thread_local, lock, spawn, wait},
};

/// How many events wait for a subscriber.
pub(super) const SUBSCRIBER_QUEUE: usize = if cfg!(fusebox_loom) { 2 } else { 1024 };
/// How many further events a thread delivers after the first one: a full queue.
///
/// What stands for dropped events is not counted. So a subscriber that held up one event for long
/// has the present state when the delivery ends.
const MAX_FURTHER: usize = if cfg!(fusebox_loom) { 1 } else { SUBSCRIBER_QUEUE };
/// After how long a thread delivers no further event after one change.
///
/// In loom's models, real time decides nothing.
const LONGEST_DELIVERY: Duration = if cfg!(fusebox_loom) {
    Duration::MAX
} else {
    Duration::from_millis(50)
};
/// How many events wait for a receiver.
pub(super) const RECEIVER_QUEUE: usize = 256;

pub(super) type Callback = dyn Fn(&Event) + Send + Sync;

/// The events that wait for one subscriber or receiver.
///
/// Delivery to a subscriber, by the thread that made a change (the changer):
///
/// 1. Under the breaker's control lock, the thread pushes the event into each inbox. So an inbox
///    holds each breaker's events in the order of their generations.
/// 2. The thread releases the control lock.
/// 3. It emits the `tracing` event, in its own span.
/// 4. For each inbox: if another thread is delivering from it, that thread delivers this event too,
///    and the changer goes on. Otherwise the changer delivers: it takes one event, releases the
///    inbox's lock, calls the subscriber, and repeats until the inbox is empty.
/// 5. After [`MAX_FURTHER`] events or [`LONGEST_DELIVERY`] the changer stops. If events are left,
///    it starts a thread that delivers them and ends when the inbox is empty. So a subscriber that
///    takes long for each event does not hold up a changer for a whole queue, and no event waits
///    for a change that may never come. If the system starts no thread, the next change continues
///    with step 4.
///
/// Refused: leaving the rest to the next changer, because there may be none; and letting the next
/// changer wait until the subscriber returns, because it may hold a lock that the subscriber needs.
pub(super) struct Inbox {
    contents: Mutex<Contents>,
    reader: InboxReader,
    counters: Arc<Counters>,
}

/// The reader of an inbox.
enum InboxReader {
    Subscriber {
        callback: Box<Callback>,
        /// Notified when delivery to a subscriber that has left ends.
        delivered: Condvar,
    },
    Receiver {
        arrived: Notify,
    },
    /// No reader: the inbox is being dropped.
    Gone,
}

struct Contents {
    queue: EventQueue,
    /// A thread calls the subscriber, or is about to.
    is_delivering: bool,
    /// The subscriber or the receiver has left.
    is_closed: bool,
    /// The registry is gone: no event will follow.
    is_complete: bool,
}

/// The item that a receiver reads from its inbox.
pub(super) enum Received {
    Event(Event),
    /// No event yet.
    Empty,
    /// No event, now and later.
    Complete,
}

const_thread_local! {
    /// How many subscribers this thread is calling, one inside the other.
    static CALLS: Cell<u32> = Cell::new(0);
}

impl Inbox {
    pub(super) fn of_subscriber(callback: Box<Callback>, counters: Arc<Counters>) -> Self {
        let delivered = Condvar::new();
        let reader = InboxReader::Subscriber { callback, delivered };
        Self::new(SUBSCRIBER_QUEUE, reader, counters)
    }

    pub(super) fn of_receiver(counters: Arc<Counters>) -> Self {
        let arrived = Notify::new();
        Self::new(RECEIVER_QUEUE, InboxReader::Receiver { arrived }, counters)
    }

    fn new(capacity: usize, reader: InboxReader, counters: Arc<Counters>) -> Self {
        let contents = Contents {
            queue: EventQueue::new(capacity),
            is_delivering: false,
            is_closed: false,
            is_complete: false,
        };
        Self {
            contents: Mutex::new(contents),
            reader,
            counters,
        }
    }

    /// Appends an event, under the control lock of its breaker (step 1).
    pub(super) fn push(&self, event: BreakerEvent) {
        let mut contents = lock(&self.contents);
        if !contents.is_closed && contents.queue.push(event) {
            self.counters.count_dropped();
        }
    }

    /// Steps 4 and 5: delivers what is in the inbox, unless another thread
    /// does. The caller holds no lock.
    pub(super) fn deliver(self: &Arc<Self>) {
        match &self.reader {
            // The waker of a receiver's task is user code.
            InboxReader::Receiver { arrived } => self.counters.guarded(|| arrived.notify_one()),
            InboxReader::Gone => {}
            InboxReader::Subscriber { callback, .. } => {
                if let Some(first) = self.begin() {
                    self.deliver_to(callback, &first);
                }
            }
        }
    }

    fn deliver_to(self: &Arc<Self>, callback: &Callback, first: &Event) {
        self.call(callback, first);
        // Most deliveries end with the first event, and read no clock.
        let mut started = None;
        let mut further = 0;
        while further < MAX_FURTHER {
            let Some(event) = self.next() else {
                return;
            };
            let started = *started.get_or_insert_with(Instant::now);
            self.call(callback, &event);
            further += usize::from(!event.stands_for_dropped());
            if started.elapsed() >= LONGEST_DELIVERY {
                break;
            }
        }
        if self.is_finished() {
            return;
        }
        let inbox = Arc::clone(self);
        if spawn(move || inbox.deliver_rest()).is_err() {
            self.end_delivery();
        }
    }

    /// Delivers until the inbox is empty, on a thread that was started for it.
    fn deliver_rest(&self) {
        let InboxReader::Subscriber { callback, .. } = &self.reader else {
            return;
        };
        while let Some(event) = self.next() {
            self.call(callback, &event);
        }
    }

    /// Calls the subscriber, with no lock held.
    fn call(&self, callback: &Callback, event: &Event) {
        if let Event::Dropped { events } = event {
            self.counters.guarded(|| log::dropped(*events));
        }
        CALLS.with(|calls| calls.set(calls.get() + 1));
        self.counters.guarded(|| callback(event));
        CALLS.with(|calls| calls.set(calls.get() - 1));
    }

    /// Takes the first event of a delivery; `None` if there is no event, or
    /// another thread is delivering.
    fn begin(&self) -> Option<Event> {
        let mut contents = lock(&self.contents);
        if contents.is_delivering {
            return None;
        }
        let first = contents.queue.pop()?;
        contents.is_delivering = true;
        Some(first)
    }

    /// Takes the next event of a delivery, or ends the delivery.
    fn next(&self) -> Option<Event> {
        let mut contents = lock(&self.contents);
        let next = contents.queue.pop();
        if next.is_none() {
            self.end(&mut contents);
        }
        next
    }

    /// Returns whether nothing is left to deliver. The delivery has ended then.
    fn is_finished(&self) -> bool {
        let mut contents = lock(&self.contents);
        let is_finished = contents.queue.is_empty();
        if is_finished {
            self.end(&mut contents);
        }
        is_finished
    }

    fn end_delivery(&self) {
        self.end(&mut lock(&self.contents));
    }

    fn end(&self, contents: &mut Contents) {
        contents.is_delivering = false;
        if let (true, InboxReader::Subscriber { delivered, .. }) = (contents.is_closed, &self.reader) {
            delivered.notify_all();
        }
    }

    /// Removes all events and accepts none from now on. When this returns, no
    /// other thread calls the subscriber any more.
    ///
    /// Inside a subscriber it does not wait: a subscriber that waits for itself, or two that wait
    /// for each other, would never return.
    pub(super) fn close(&self) {
        let mut contents = lock(&self.contents);
        contents.is_closed = true;
        contents.queue.clear();
        let InboxReader::Subscriber { delivered, .. } = &self.reader else {
            return;
        };
        if CALLS.with(Cell::get) > 0 {
            return;
        }
        while contents.is_delivering {
            contents = wait(delivered, contents);
        }
    }

    /// Marks that no event will follow.
    pub(super) fn complete(&self) {
        lock(&self.contents).is_complete = true;
        if let InboxReader::Receiver { arrived } = &self.reader {
            self.counters.guarded(|| arrived.notify_one());
        }
    }

    /// Takes the next event of a receiver.
    pub(super) fn receive(&self) -> Received {
        let mut contents = lock(&self.contents);
        match contents.queue.pop() {
            Some(event) => Received::Event(event),
            None if contents.is_complete => Received::Complete,
            None => Received::Empty,
        }
    }

    /// Completes after an event has arrived since the last completion.
    pub(super) async fn arrival(&self) {
        if let InboxReader::Receiver { arrived } = &self.reader {
            arrived.notified().await;
        }
    }
}

/// The subscriber may own anything, and the thread that drops it last may be
/// the one that made a change.
impl Drop for Inbox {
    fn drop(&mut self) {
        let reader = mem::replace(&mut self.reader, InboxReader::Gone);
        self.counters.guarded(|| drop(reader));
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}
