//! A change as the engine records it: an event without what only a reader
//! needs.

use std::time::{Duration, SystemTime};

use crate::{
    clock::Timestamp,
    state::{PackedState, Reason, State},
};

/// A change of a breaker.
///
/// An event has an enum here. A change has plain fields, which the compiler writes directly into
/// the history. An enum is made on the stack first, and copying it from there waits for its parts
/// to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) generation: u64,
    pub(crate) at: Timestamp,
    /// The wall-clock time, if it was read: only for a change with an audience that
    /// uses it.
    pub(crate) time: Option<SystemTime>,
    pub(crate) kind: ChangeKind,
    /// The reported state before the change.
    pub(crate) from: State,
    /// The reported state after the change.
    pub(crate) state: State,
    /// The reason. New settings and the end of a cooldown have none.
    pub(crate) reason: Option<Reason>,
    pub(crate) cooldown: Option<Duration>,
    pub(crate) override_for: Option<Duration>,
}

/// The kind of a change, like that of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Transition,
    Restarted,
    WouldTrip,
    Reconfigured,
    CooldownEnded,
}

/// A clock reading and the wall-clock time of the same moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) time: SystemTime,
}

impl Moment {
    /// Reads the wall clock for a reading of the breaker's clock that was made
    /// now.
    pub(crate) fn now(at: Timestamp) -> Self {
        let time = Self::wall_clock();
        Self { at, time }
    }

    pub(crate) fn wall_clock() -> SystemTime {
        SystemTime::now()
    }

    /// Returns the wall-clock time of an earlier reading of the breaker's clock.
    pub(super) fn time_at(self, at: Timestamp) -> SystemTime {
        self.time.checked_sub(self.at.since(at)).unwrap_or(self.time)
    }
}

impl Change {
    /// Makes a change to `to`, which the breaker reported before too.
    #[inline]
    pub(crate) const fn new(to: PackedState, kind: ChangeKind, at: Timestamp) -> Self {
        let state = to.state();
        Self {
            generation: to.generation(),
            at,
            time: None,
            kind,
            from: state,
            state,
            reason: None,
            cooldown: None,
            override_for: None,
        }
    }

    /// Returns the wall-clock time of the change. If it was not read then, it is
    /// computed back from `now` by the breaker's clock.
    pub(super) fn time(&self, now: Moment) -> SystemTime {
        self.time.unwrap_or_else(|| now.time_at(self.at))
    }

    /// Returns whether the reported state changed.
    #[inline]
    pub(super) fn is_transition(&self) -> bool {
        self.kind == ChangeKind::Transition
    }

    /// Returns whether it is a trip: the transition from Closed to Open.
    #[inline]
    pub(super) fn is_trip(&self) -> bool {
        self.is_transition() && self.from == State::Closed && self.state == State::Open
    }
}
