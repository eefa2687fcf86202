//! A change as the history keeps it.

use std::{sync::Arc, time::SystemTime};

use crate::{
    config::{Difference, Name},
    event::{BreakerEvent, Change, ChangeKind, EventKind, Operator},
    state::Reason,
};

/// A change with its details: an event without what only a reader needs.
#[derive(Debug, Clone)]
pub(crate) struct HistoryEntry {
    pub(crate) change: Change,
    pub(crate) operator: Option<Arc<Operator>>,
    /// Of other settings: the keys that changed.
    pub(crate) difference: Option<Arc<[Difference]>>,
    /// The text of the error of the call that made the change.
    pub(super) error: String,
}

impl HistoryEntry {
    pub(super) const fn new(change: Change) -> Self {
        Self {
            change,
            operator: None,
            difference: None,
            error: String::new(),
        }
    }

    /// Keeps the text of an error, in the memory of the text before it.
    #[inline]
    pub(crate) fn set_error(&mut self, error: &str) {
        self.error.clear();
        self.error.push_str(error);
    }

    /// Returns the event of this change.
    pub(super) fn event(&self, name: &Name, time: SystemTime) -> BreakerEvent {
        let Change {
            generation,
            state,
            at,
            ..
        } = self.change;
        BreakerEvent {
            name: name.clone(),
            generation,
            state,
            at: at.as_duration(),
            time,
            kind: self.kind(),
            operator: self.operator(),
            error: self.error(),
        }
    }

    fn kind(&self) -> EventKind {
        let Change {
            kind,
            from,
            state: to,
            cooldown,
            override_for,
            ..
        } = self.change;
        // Each kind that has a reason is made with one.
        let reason = self.change.reason.unwrap_or(Reason::Operator);
        match kind {
            ChangeKind::Transition => EventKind::Transition {
                from,
                to,
                reason,
                cooldown,
                override_for,
            },
            ChangeKind::Restarted => EventKind::Restarted {
                reason,
                cooldown,
                override_for,
            },
            ChangeKind::WouldTrip => EventKind::WouldTrip { reason },
            ChangeKind::Reconfigured => EventKind::Reconfigured {
                difference: self.difference.clone().unwrap_or_default(),
            },
            ChangeKind::CooldownEnded => EventKind::CooldownEnded,
        }
    }

    pub(super) fn operator(&self) -> Option<Operator> {
        self.operator.as_deref().cloned()
    }

    /// Returns the text of the error; `None` if it is empty.
    pub(super) fn error(&self) -> Option<Arc<str>> {
        (!self.error.is_empty()).then(|| self.error.as_str().into())
    }
}
