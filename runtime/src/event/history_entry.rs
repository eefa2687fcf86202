//! A change as the history keeps it.

use std::{sync::Arc, time::SystemTime};

use crate::{
    config::{Difference, Name},
    event::{BreakerEvent, Change, ChangeKind, EventKind, Operator, wall_time::WallTime},
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

/// A change with its details, wherever they are.
pub(super) struct ChangeDetails<'a> {
    pub(super) change: &'a Change,
    pub(super) operator: Option<&'a Operator>,
    pub(super) difference: Option<&'a Arc<[Difference]>>,
    pub(super) error: &'a str,
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

    /// Replaces the details of the change that was here before. The text of the
    /// error takes the memory of the one before it.
    pub(crate) fn complete(
        &mut self,
        operator: Option<&Arc<Operator>>,
        difference: Option<Arc<[Difference]>>,
        error: &str,
    ) {
        self.operator = operator.cloned();
        self.difference = difference;
        self.error.clear();
        self.error.push_str(error);
    }

    /// Returns the event of this change.
    pub(crate) fn event(&self, name: &Name, time: SystemTime) -> BreakerEvent {
        let details = ChangeDetails {
            change: &self.change,
            operator: self.operator.as_deref(),
            difference: self.difference.as_ref(),
            error: &self.error,
        };
        details.event(name, WallTime::known(time))
    }

    pub(super) fn operator(&self) -> Option<Operator> {
        self.operator.as_deref().cloned()
    }

    /// Returns the text of the error; `None` if it is empty.
    pub(super) fn error(&self) -> Option<Arc<str>> {
        shared_text(&self.error)
    }
}

impl ChangeDetails<'_> {
    /// Returns the event of this change.
    #[inline]
    pub(super) fn event(&self, name: &Name, time: WallTime) -> BreakerEvent {
        BreakerEvent {
            name: name.clone(),
            generation: self.change.generation,
            state: self.change.state,
            at: self.change.at.as_duration(),
            kind: self.kind(),
            operator: self.operator.cloned(),
            error: shared_text(self.error),
            time,
        }
    }

    #[inline]
    fn kind(&self) -> EventKind {
        let Change {
            kind,
            from,
            state: to,
            cooldown,
            override_for,
            ..
        } = *self.change;
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
                difference: self.difference.cloned().unwrap_or_default(),
            },
            ChangeKind::CooldownEnded => EventKind::CooldownEnded,
        }
    }
}

fn shared_text(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}
