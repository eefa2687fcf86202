//! The last changes of one breaker.

use std::{sync::Arc, time::SystemTime};

use crate::{
    clock::Timestamp,
    config::Name,
    event::{
        BreakerEvent, Change, Operator,
        change::{Moment, some_text},
    },
    state::Reason,
};

/// How many changes a history keeps.
pub(crate) const HISTORY_EVENTS: usize = 64;

/// The last [`HISTORY_EVENTS`] changes of one breaker, its last transition and
/// its last trip.
///
/// It is written under the control lock, by changes alone. A breaker that never changed keeps
/// nothing; the first change allocates:
///
/// ```text
/// 66 × size_of::<Entry>() + texts       size_of::<Entry>() ≤ 160 bytes, so 10.5 KiB
/// texts ≤ 66 × 3 × 200 characters       who, reason and error, if a change has them
/// ```
///
/// The next entry reuses the memory of the one that it overwrites, that of its text included. So a
/// full history allocates nothing more.
#[derive(Debug)]
pub(crate) struct History {
    /// A ring, once it is full.
    entries: Vec<HistoryEntry>,
    /// Where the next change goes.
    next: usize,
    /// Where the last transition and the last trip are.
    last_transition: Remembered,
    last_trip: Remembered,
    created: Timestamp,
}

/// A change, and the text of the error of the call that made it.
#[derive(Debug, Clone)]
struct HistoryEntry {
    change: Change,
    error: String,
}

#[cfg(all(test, not(fusebox_loom)))]
pub(super) const ENTRY_BYTES: usize = size_of::<HistoryEntry>();

/// Where a remembered entry is.
#[derive(Debug)]
enum Remembered {
    /// There was none yet.
    Nowhere,
    /// In the ring.
    At(usize),
    /// Copied, because the ring no longer has it.
    Kept(Box<HistoryEntry>),
}

/// The last change of a breaker's reported state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LastChange {
    /// Why the state changed.
    pub reason: Reason,
    /// The wall-clock time of the change.
    pub time: SystemTime,
    /// The operator of the change, with the reason.
    pub operator: Option<Operator>,
}

/// The last trip of a breaker: its last transition from Closed to Open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LastTrip {
    /// Why it tripped.
    pub reason: Reason,
    /// The wall-clock time of the trip.
    pub time: SystemTime,
    /// The text of the error of the call that tripped it, if it is known: at
    /// most 200 characters.
    pub error: Option<Arc<str>>,
    /// The operator that tripped it, with the reason.
    pub operator: Option<Operator>,
}

impl History {
    /// Returns the history of a breaker that has not changed yet.
    pub(crate) const fn new(created: Timestamp) -> Self {
        Self {
            entries: Vec::new(),
            next: 0,
            last_transition: Remembered::Nowhere,
            last_trip: Remembered::Nowhere,
            created,
        }
    }

    /// Writes a change, and the text of the error of the call that made it.
    #[inline]
    pub(crate) fn write(&mut self, change: Change, error: &str) {
        let at = self.next;
        let (is_transition, is_trip) = (change.transition_reason().is_some(), change.trip().is_some());
        if let Some(oldest) = self.entries.get_mut(at) {
            // Most changes are followed by newer ones of their kind long before.
            if self.last_transition.is_at(at) {
                self.last_transition = Remembered::kept(oldest);
            }
            if self.last_trip.is_at(at) {
                self.last_trip = Remembered::kept(oldest);
            }
            oldest.change = change;
            oldest.error.clear();
            oldest.error.push_str(error);
        } else {
            self.add(change, error);
        }
        if is_transition {
            self.last_transition = Remembered::At(at);
        }
        if is_trip {
            self.last_trip = Remembered::At(at);
        }
        self.next = (at + 1) % HISTORY_EVENTS;
    }

    #[cold]
    fn add(&mut self, change: Change, error: &str) {
        if self.entries.capacity() == 0 {
            self.entries.reserve_exact(HISTORY_EVENTS);
        }
        let error = error.to_owned();
        self.entries.push(HistoryEntry { change, error });
    }

    /// Returns the changes that are kept as events, oldest first.
    pub(crate) fn events(&self, name: &Name, now: Moment) -> Vec<BreakerEvent> {
        // The ring begins with the next place, if it is full.
        let (newer, older) = self.entries.split_at(self.next.min(self.entries.len()));
        let oldest_first = older.iter().chain(newer);
        oldest_first
            .map(|HistoryEntry { change, error }| change.event(name, change.time(now), error))
            .collect()
    }

    /// Returns when the reported state last changed, or else when the breaker was
    /// made.
    pub(crate) fn since(&self) -> Timestamp {
        let last = self.last_transition.entry(&self.entries);
        last.map_or(self.created, |entry| entry.change.at)
    }

    pub(crate) fn last_change(&self, now: Moment) -> Option<LastChange> {
        let HistoryEntry { change, .. } = self.last_transition.entry(&self.entries)?;
        Some(LastChange {
            reason: change.transition_reason()?,
            time: change.time(now),
            operator: change.operator.as_deref().cloned(),
        })
    }

    pub(crate) fn last_trip(&self, now: Moment) -> Option<LastTrip> {
        let HistoryEntry { change, error } = self.last_trip.entry(&self.entries)?;
        Some(LastTrip {
            reason: change.trip()?.0,
            time: change.time(now),
            error: some_text(error),
            operator: change.operator.as_deref().cloned(),
        })
    }
}

impl Remembered {
    fn is_at(&self, place: usize) -> bool {
        matches!(self, Self::At(at) if *at == place)
    }

    /// Copies an entry that is about to be overwritten.
    #[cold]
    fn kept(entry: &HistoryEntry) -> Self {
        Self::Kept(Box::new(entry.clone()))
    }

    fn entry<'a>(&'a self, entries: &'a [HistoryEntry]) -> Option<&'a HistoryEntry> {
        match self {
            Self::Nowhere => None,
            Self::At(at) => entries.get(*at),
            Self::Kept(entry) => Some(entry),
        }
    }
}
