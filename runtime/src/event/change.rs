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
    pub(crate) operator: Option<Arc<Operator>>,
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
    /// Returns the event of this change, which a call with this error made.
    pub(super) fn event(&self, name: &Name, time: SystemTime, error: &str) -> BreakerEvent {
        BreakerEvent {
            name: name.clone(),
            generation: self.generation,
            state: self.state,
            at: self.at.as_duration(),
            time,
            kind: self.kind.clone(),
            operator: self.operator.as_deref().cloned(),
            error: some_text(error),
        }
    }

    /// Returns the wall-clock time of the change. If it was not read then, it is
    /// computed back from `now` by the breaker's clock.
    pub(super) fn time(&self, now: Moment) -> SystemTime {
        let reckoned = || now.time.checked_sub(now.at.since(self.at));
        self.time.or_else(reckoned).unwrap_or(now.time)
    }

    /// Returns the reason of a transition; `None` for every other change.
    pub(super) const fn transition_reason(&self) -> Option<Reason> {
        match self.kind {
            EventKind::Transition { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Returns the reason and the cooldown of a trip; `None` for every other
    /// change.
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

/// Returns `None` for an empty text.
pub(super) fn some_text(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}
