//! A change as the engine records it: an event without what only a reader
//! needs.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::{
    clock::Timestamp,
    config::Name,
    event::{BreakerEvent, EventKind, Operator},
    state::{Reason, State},
};

/// A change of a breaker.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) generation: u64,
    /// The reported state after the change.
    pub(crate) state: State,
    pub(crate) at: Timestamp,
    /// The wall-clock time, if it was read: only for a change with an audience.
    pub(crate) time: Option<SystemTime>,
    pub(crate) kind: EventKind,
    pub(crate) note: Option<Arc<Note>>,
}

/// What is known about a change besides its reason.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note {
    pub(crate) operator: Option<Operator>,
    pub(crate) error: Option<Arc<str>>,
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

    pub(super) fn wall_clock() -> SystemTime {
        SystemTime::now()
    }
}

impl Change {
    /// The event of this change.
    pub(super) fn event(&self, name: &Name, time: SystemTime) -> BreakerEvent {
        BreakerEvent {
            name: name.clone(),
            generation: self.generation,
            state: self.state,
            at: self.at.as_duration(),
            time,
            kind: self.kind.clone(),
            operator: self.operator().cloned(),
            error: self.error().cloned(),
        }
    }

    /// The wall-clock time: as it was read, or else reckoned back from `now` by
    /// the breaker's clock.
    pub(super) fn time(&self, now: Moment) -> SystemTime {
        let reckoned = || now.time.checked_sub(now.at.since(self.at));
        self.time.or_else(reckoned).unwrap_or(now.time)
    }

    pub(super) fn operator(&self) -> Option<&Operator> {
        self.note.as_ref()?.operator.as_ref()
    }

    pub(super) fn error(&self) -> Option<&Arc<str>> {
        self.note.as_ref()?.error.as_ref()
    }

    /// The reason of a transition; `None` for every other change.
    pub(super) const fn transition_reason(&self) -> Option<Reason> {
        match self.kind {
            EventKind::Transition { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The reason and the cooldown of a trip; `None` for every other change.
    pub(super) const fn trip(&self) -> Option<(Reason, Option<Duration>)> {
        match self.kind {
            EventKind::Transition {
                from: State::Closed,
                to: State::Open,
                reason,
                cooldown,
                ..
            } => Some((reason, cooldown)),
            _ => None,
        }
    }
}

impl Note {
    /// The note of an operator's command.
    pub(crate) fn of_operator(operator: Operator) -> Arc<Self> {
        Arc::new(Self {
            operator: Some(operator),
            error: None,
        })
    }

    /// The note of a call that ended with an error.
    pub(crate) fn of_error(error: Arc<str>) -> Arc<Self> {
        Arc::new(Self {
            operator: None,
            error: Some(error),
        })
    }
}
