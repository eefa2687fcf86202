//! The last changes of one breaker.

use std::{collections::VecDeque, sync::Arc, time::SystemTime};

use crate::{
    clock::Timestamp,
    config::Name,
    event::{BreakerEvent, Change, Operator, change::Moment},
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
/// 66 × size_of::<Change>() + texts      size_of::<Change>() ≤ 136 bytes, so 9 KiB
/// texts ≤ 66 × 3 × 200 characters       who, reason and error, where a change has them
/// ```
#[derive(Debug)]
pub(crate) struct History {
    changes: VecDeque<Change>,
    /// The newest transition that `changes` has lost.
    older_transition: Option<Change>,
    /// The newest trip that `changes` has lost.
    older_trip: Option<Change>,
    created: Timestamp,
}

/// The last change of a breaker's reported state.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The history of a breaker that has not changed yet.
    pub(crate) const fn new(created: Timestamp) -> Self {
        Self {
            changes: VecDeque::new(),
            older_transition: None,
            older_trip: None,
            created,
        }
    }

    pub(crate) fn write(&mut self, change: Change) {
        if self.changes.len() == HISTORY_EVENTS {
            self.forget_oldest();
        } else if self.changes.capacity() == 0 {
            self.changes.reserve_exact(HISTORY_EVENTS);
        }
        self.changes.push_back(change);
    }

    fn forget_oldest(&mut self) {
        let Some(oldest) = self.changes.pop_front() else {
            return;
        };
        if oldest.trip().is_some() {
            self.older_trip = Some(oldest.clone());
        }
        if oldest.transition_reason().is_some() {
            self.older_transition = Some(oldest);
        }
    }

    /// The changes that are kept as events, oldest first.
    pub(crate) fn events(&self, name: &Name, now: Moment) -> Vec<BreakerEvent> {
        let changes = self.changes.iter();
        changes
            .map(|change| change.event(name, change.time(now)))
            .collect()
    }

    /// When the reported state last changed, or else when the breaker was made.
    pub(crate) fn since(&self) -> Timestamp {
        self.last_transition().map_or(self.created, |change| change.at)
    }

    pub(crate) fn last_change(&self, now: Moment) -> Option<LastChange> {
        let change = self.last_transition()?;
        Some(LastChange {
            reason: change.transition_reason()?,
            time: change.time(now),
            operator: change.operator().cloned(),
        })
    }

    pub(crate) fn last_trip(&self, now: Moment) -> Option<LastTrip> {
        let mut newest_first = self.changes.iter().rev();
        let change = newest_first
            .find(|change| change.trip().is_some())
            .or(self.older_trip.as_ref())?;
        Some(LastTrip {
            reason: change.trip()?.0,
            time: change.time(now),
            error: change.error().cloned(),
            operator: change.operator().cloned(),
        })
    }

    fn last_transition(&self) -> Option<&Change> {
        let mut newest_first = self.changes.iter().rev();
        newest_first
            .find(|change| change.transition_reason().is_some())
            .or(self.older_transition.as_ref())
    }
}
