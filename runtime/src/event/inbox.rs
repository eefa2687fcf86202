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
    event::{BreakerEvent, Event, counters::Counters, log, queue::EventQueue, turn::DeliveryTurn},
    sync::{Condvar, Mutex, const_thread_local, lock, spawn, wait},
};

/// How many events wait for a subscriber.
pub(super) const SUBSCRIBER_QUEUE: usize = if cfg!(fusebox_loom) { 2 } else { 1024 };
/// How many further events a thread delivers after the first one: a full queue.
///
/// Events that stand for dropped ones are not counted. So a subscriber that held up one event for
/// long has the present state when the delivery ends.
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
///    and the changer continues. Otherwise the changer delivers: it takes one event, releases the
///    inbox's lock, calls the subscriber, and repeats until the inbox is empty.
/// 5. After [`MAX_FURTHER`] events or [`LONGEST_DELIVERY`] the changer stops. If events are left,
///    it starts a thread that delivers them and ends when the inbox is empty. So a subscriber that
///    takes long for each event does not hold up a changer for a whole queue, and no event waits
///    for a change that may never come. If the system starts no thread, the next change continues
///    with step 4.
///
/// Refused: leaving the rest to the next changer, because there may be none; and letting the next
/// changer wait until the subscriber returns, because it may hold a lock that the subscriber needs.
///
/// If nothing comes between steps 1 and 4, no event waits and there is one subscriber, the changer
/// takes the turn to call it in step 1 ([`begin_at_once`](Self::begin_at_once)), and the event does
/// not pass through the queue.
pub(crate) struct Inbox {
    contents: Mutex<Contents>,
    turn: DeliveryTurn,
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
    /// The registry is gone: no event will follow.
    is_complete: bool,
}

/// The item that a receiver reads from its inbox.
#[allow(clippy::large_enum_variant, reason = "see `Event`")]
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
            is_complete: false,
        };
        Self {
            contents: Mutex::new(contents),
            turn: DeliveryTurn::new(),
            reader,
            counters,
        }
    }

    /// Appends an event, under the control lock of its breaker (step 1).
    pub(super) fn push(&self, event: BreakerEvent) {
        let mut contents = lock(&self.contents);
        if self.turn.is_closed() {
            return;
        }
        if contents.queue.push(event) {
            self.counters.count_dropped();
        }
        self.turn.set_queued();
    }

    /// Takes the turn to call the subscriber with an event that is not queued.
    ///
    /// Under the control lock of the event's breaker, in place of step 1. So later events of the
    /// breaker wait in the queue. Returns false if the event has to be queued.
    pub(super) fn begin_at_once(&self) -> bool {
        matches!(self.reader, InboxReader::Subscriber { .. }) && self.turn.try_begin()
    }

    /// Calls the subscriber with an event for which this thread has taken the
    /// turn, in place of step 4. The caller holds no lock.
    pub(super) fn deliver_at_once(self: &Arc<Self>, event: &Event) {
        if let InboxReader::Subscriber { callback, .. } = &self.reader {
            self.deliver_to(callback, event);
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
        // Most deliveries end with the first event, and take no lock and read no clock.
        if self.turn.try_end() {
            return;
        }
        self.deliver_further(callback);
    }

    #[cold]
    fn deliver_further(self: &Arc<Self>, callback: &Callback) {
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
            let _contents = lock(&self.contents);
            self.end();
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
        if contents.queue.is_empty() || !self.turn.begin() {
            return None;
        }
        self.pop(&mut contents)
    }

    /// Takes the next event of a delivery, or ends the delivery.
    fn next(&self) -> Option<Event> {
        let mut contents = lock(&self.contents);
        let next = self.pop(&mut contents);
        if next.is_none() {
            self.end();
        }
        next
    }

    fn pop(&self, contents: &mut Contents) -> Option<Event> {
        let event = contents.queue.pop();
        if contents.queue.is_empty() {
            self.turn.set_empty();
        }
        event
    }

    /// Returns whether nothing is left to deliver. The delivery has ended then.
    fn is_finished(&self) -> bool {
        let contents = lock(&self.contents);
        let is_finished = contents.queue.is_empty();
        if is_finished {
            self.end();
        }
        is_finished
    }

    /// Ends the delivery of this thread, under the lock.
    ///
    /// Wakes a thread that waits for the end of the last one.
    fn end(&self) {
        let is_closed = self.turn.end();
        if let (true, InboxReader::Subscriber { delivered, .. }) = (is_closed, &self.reader) {
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
        self.turn.close();
        contents.queue.clear();
        let InboxReader::Subscriber { delivered, .. } = &self.reader else {
            return;
        };
        if CALLS.with(Cell::get) > 0 {
            return;
        }
        while self.turn.is_taken() {
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
        match self.pop(&mut contents) {
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
