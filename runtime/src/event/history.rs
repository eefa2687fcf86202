//! The last changes of one breaker.

use std::{sync::Arc, time::SystemTime};

use crate::{
    clock::Timestamp,
    config::Name,
    event::{BreakerEvent, Change, ChangeKind, Moment, Operator, history_entry::HistoryEntry},
    state::{PackedState, Reason},
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
/// 66 × size_of::<HistoryEntry>() + texts       size_of::<HistoryEntry>() ≤ 160 bytes, so 10.5 KiB
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

#[cfg(all(test, not(fusebox_loom)))]
pub(super) const ENTRY_BYTES: usize = size_of::<HistoryEntry>();

/// The place of a remembered entry.
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

    /// Writes a change, and returns its entry, which the caller completes.
    ///
    /// The operator, the difference and the text in it are those of an older change.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, the change is made on the stack, and its copy waits for its parts"
    )]
    #[inline(always)]
    pub(crate) fn write(&mut self, change: Change) -> &mut HistoryEntry {
        let at = self.make_place();
        if change.is_transition() {
            self.last_transition.move_to(at);
        }
        if change.is_trip() {
            self.last_trip.move_to(at);
        }
        let entry = &mut self.entries[at];
        entry.change = change;
        entry
    }

    /// Returns the place of the next change.
    #[inline]
    fn make_place(&mut self) -> usize {
        let at = self.next;
        self.next = (at + 1) % HISTORY_EVENTS;
        if at == self.entries.len() {
            self.add();
        } else if self.last_transition.is_at(at) || self.last_trip.is_at(at) {
            self.keep_last(at);
        }
        at
    }

    /// Adds a place, until the history is full.
    #[cold]
    fn add(&mut self) {
        if self.entries.capacity() == 0 {
            self.entries.reserve_exact(HISTORY_EVENTS);
        }
        let nothing = Change::new(PackedState::INITIAL, ChangeKind::Restarted, self.created);
        self.entries.push(HistoryEntry::new(nothing));
    }

    /// Copies the last change of its kind, which is about to be overwritten.
    ///
    /// Most changes are followed by newer ones of their kind long before.
    #[cold]
    fn keep_last(&mut self, at: usize) {
        for last in [&mut self.last_transition, &mut self.last_trip] {
            if last.is_at(at) {
                *last = Remembered::Kept(Box::new(self.entries[at].clone()));
            }
        }
    }

    /// Returns the entry that was written last.
    pub(crate) fn last_mut(&mut self) -> Option<&mut HistoryEntry> {
        let last = (self.next + HISTORY_EVENTS - 1) % HISTORY_EVENTS;
        self.entries.get_mut(last)
    }

    /// Keeps the wall-clock time that a subscriber has read for this change.
    ///
    /// Does nothing if 64 newer changes have replaced it: its time is then computed back.
    pub(crate) fn set_time(&mut self, change: &Change, time: SystemTime) {
        let is_same = |other: &Change| (other.generation, other.at) == (change.generation, change.at);
        let next = self.next.min(self.entries.len());
        let (newer, older) = self.entries.split_at_mut(next);
        let newest_first = newer.iter_mut().rev().chain(older.iter_mut().rev());
        let entry = newest_first
            .map(|entry| &mut entry.change)
            .find(|other| is_same(other));
        if let Some(entry) = entry {
            entry.time = Some(time);
        }
    }

    /// Returns the changes that are kept as events, oldest first.
    pub(crate) fn events(&self, name: &Name, now: Moment) -> Vec<BreakerEvent> {
        // The ring begins with the next place, if it is full.
        let (newer, older) = self.entries.split_at(self.next.min(self.entries.len()));
        let oldest_first = older.iter().chain(newer);
        oldest_first
            .map(|entry| entry.event(name, entry.change.time(now)))
            .collect()
    }

    /// Returns when the reported state last changed, or else when the breaker was
    /// made.
    pub(crate) fn since(&self) -> Timestamp {
        let last = self.last_transition.entry(&self.entries);
        last.map_or(self.created, |entry| entry.change.at)
    }

    pub(crate) fn last_change(&self, now: Moment) -> Option<LastChange> {
        let entry = self.last_transition.entry(&self.entries)?;
        Some(LastChange {
            reason: entry.change.reason?,
            time: entry.change.time(now),
            operator: entry.operator(),
        })
    }

    pub(crate) fn last_trip(&self, now: Moment) -> Option<LastTrip> {
        let entry = self.last_trip.entry(&self.entries)?;
        Some(LastTrip {
            reason: entry.change.reason?,
            time: entry.change.time(now),
            error: entry.error(),
            operator: entry.operator(),
        })
    }
}

impl Remembered {
    #[inline]
    fn is_at(&self, place: usize) -> bool {
        matches!(self, Self::At(at) if *at == place)
    }

    /// Remembers the entry at `place`.
    ///
    /// Usually only the place changes, and nothing is dropped.
    #[inline]
    fn move_to(&mut self, place: usize) {
        match self {
            Self::At(at) => *at = place,
            Self::Nowhere | Self::Kept(_) => *self = Self::At(place),
        }
    }

    fn entry<'a>(&'a self, entries: &'a [HistoryEntry]) -> Option<&'a HistoryEntry> {
        match self {
            Self::Nowhere => None,
            Self::At(at) => entries.get(*at),
            Self::Kept(entry) => Some(entry),
        }
    }
}
