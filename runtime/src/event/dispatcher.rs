//! Delivers the events of one registry to its subscribers and receivers.

use std::{collections::HashMap, fmt, sync::Arc};

use crate::{
    config::Name,
    event::{
        BreakerEvent,
        counters::Counters,
        inbox::Inbox,
        recipients::{InboxList, KnownRecipients, RecipientSummary, Recipients},
    },
    sync::{AtomicU64, Mutex, Ordering, lock},
};

/// The inboxes of one registry. [`Inbox`] describes the delivery.
///
/// Each subscriber and each receiver has an inbox of its own, so a slow one holds up no other, and
/// the events of other breakers do not fill the inbox of a breaker's own receiver.
pub(crate) struct Dispatcher {
    inboxes: Mutex<Inboxes>,
    /// The number of inboxes, so that a change without an audience takes no
    /// lock here.
    audience: AtomicU64,
    /// How often an inbox came or left.
    version: AtomicU64,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Inboxes {
    of_all: InboxList,
    /// The inboxes for the events of one breaker, or of one group.
    of_one: HashMap<Name, InboxList>,
}

/// The way of an event to its recipients.
pub(crate) enum EventRoute {
    /// It has none.
    Nobody,
    /// By a call of its only subscriber, whose turn the thread has taken.
    AtOnce(Arc<Inbox>),
    /// Through the inboxes.
    ///
    /// The caller drops this one after it has released the lock. If nothing else holds it any more,
    /// that drops the subscriber, which is user code.
    Queued(Option<Arc<Inbox>>),
}

impl Dispatcher {
    pub(crate) fn new() -> Self {
        Self {
            inboxes: Mutex::new(Inboxes::default()),
            audience: AtomicU64::new(0),
            version: AtomicU64::new(0),
            counters: Arc::new(Counters::new()),
        }
    }

    /// Returns whether any subscriber or receiver exists.
    #[inline]
    pub(crate) fn has_audience(&self) -> bool {
        // Acquire: a thread that sees the number sees the inbox.
        self.audience.load(Ordering::Acquire) > 0
    }

    /// Returns the way of the event of a change of this breaker. Takes the turn
    /// of its only subscriber, if it is free.
    ///
    /// The caller holds the control lock of the breaker, which also guards `known`. It runs no
    /// other user code before it calls the subscriber: a subscription that ends waits for the turn.
    pub(crate) fn route(&self, name: &Name, known: &mut KnownRecipients) -> EventRoute {
        // Acquire: as in `has_audience`.
        if self.version.load(Ordering::Acquire) != known.version {
            self.refresh(name, known);
        }
        match &known.summary {
            RecipientSummary::Nobody => EventRoute::Nobody,
            RecipientSummary::One(inbox) => match inbox.upgrade() {
                Some(inbox) if inbox.begin_at_once() => EventRoute::AtOnce(inbox),
                inbox => EventRoute::Queued(inbox),
            },
            RecipientSummary::Several => EventRoute::Queued(None),
        }
    }

    #[cold]
    fn refresh(&self, name: &Name, known: &mut KnownRecipients) {
        let inboxes = lock(&self.inboxes);
        // Relaxed: it changes under this lock.
        known.version = self.version.load(Ordering::Relaxed);
        known.summary = inboxes.of(name).summary();
    }

    /// Pushes an event into each inbox that it concerns. The caller holds the
    /// control lock of the event's breaker.
    pub(super) fn push(&self, event: BreakerEvent) -> Recipients {
        if !self.has_audience() {
            return Recipients::default();
        }
        let recipients = lock(&self.inboxes).of(&event.name);
        let mut inboxes = recipients.iter().peekable();
        while let Some(inbox) = inboxes.next() {
            if inboxes.peek().is_none() {
                // Moved, so an event for one inbox is made once.
                inbox.push(event);
                break;
            }
            inbox.push(event.clone());
        }
        drop(inboxes);
        recipients
    }

    /// Runs user code. A panic in it is counted and goes no further.
    pub(crate) fn guarded(&self, user_code: impl FnOnce()) {
        self.counters.guarded(user_code);
    }

    /// Returns the number of events that the full queues of slow subscribers and
    /// receivers dropped. An event that two of them did not get is counted twice.
    pub(crate) fn dropped(&self) -> u64 {
        self.counters.dropped()
    }

    /// Returns how often a subscriber or a waker has panicked.
    pub(crate) fn panics(&self) -> u64 {
        self.counters.panics()
    }

    pub(super) fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Attaches an inbox, of one breaker or of all.
    pub(super) fn add(&self, name: Option<&Name>, inbox: Inbox) -> Arc<Inbox> {
        let inbox = Arc::new(inbox);
        let mut inboxes = lock(&self.inboxes);
        let list = inboxes.list(name);
        *list = list.iter().chain([&inbox]).cloned().collect();
        // Release: pairs with the Acquire in `has_audience`.
        self.audience.fetch_add(1, Ordering::Release);
        // Release: pairs with the Acquire in `route`.
        self.version.fetch_add(1, Ordering::Release);
        inbox
    }

    pub(super) fn remove(&self, name: Option<&Name>, inbox: &Arc<Inbox>) {
        let removed = {
            let mut inboxes = lock(&self.inboxes);
            let list = inboxes.list(name);
            let kept = list.iter().filter(|other| !Arc::ptr_eq(other, inbox));
            let kept: InboxList = kept.cloned().collect();
            let is_empty = kept.is_empty();
            let removed = std::mem::replace(list, kept);
            if let (true, Some(name)) = (is_empty, name) {
                inboxes.of_one.remove(name);
            }
            // Relaxed: a change that does not see this yet finds the inbox closed or gone, or calls
            // the subscriber, for which `close` waits.
            self.audience.fetch_sub(1, Ordering::Relaxed);
            self.version.fetch_add(1, Ordering::Relaxed);
            removed
        };
        // A subscriber owns user data, so it is dropped outside the lock.
        drop(removed);
    }
}

/// Receivers read the rest of their events, then
/// [`Closed`](crate::RecvError::Closed).
impl Drop for Dispatcher {
    fn drop(&mut self) {
        let inboxes = std::mem::take(&mut *lock(&self.inboxes));
        for inbox in inboxes
            .of_all
            .iter()
            .chain(inboxes.of_one.values().flat_map(|list| list.iter()))
        {
            inbox.complete();
        }
    }
}

impl Inboxes {
    fn of(&self, name: &Name) -> Recipients {
        let of = |name: &str| self.of_one.get(name).cloned();
        Recipients {
            all: (!self.of_all.is_empty()).then(|| Arc::clone(&self.of_all)),
            one: of(name),
            group: name.group().and_then(of),
        }
    }

    fn list(&mut self, name: Option<&Name>) -> &mut InboxList {
        match name {
            None => &mut self.of_all,
            Some(name) => self.of_one.entry(name.clone()).or_default(),
        }
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("audience", &self.audience.load(Ordering::Relaxed))
            .finish_non_exhaustive()
    }
}
