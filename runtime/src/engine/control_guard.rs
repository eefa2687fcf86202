//! The held control lock, and what follows its release.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use crate::engine::{Engine, control::Control};
use crate::{
    config::Difference,
    event::{Announcements, Change, Operator, ShortText},
    state::{StateSnapshot, rules},
    sync::{MutexGuard, lock},
};

/// The held control lock.
///
/// Dropping it releases the lock, then notifies waiters and delivers events.
pub(super) struct ControlGuard<'a> {
    // Dropped in this order: wakers and subscribers run outside of the lock.
    control: MutexGuard<'a, Control>,
    after_release: AfterRelease<'a>,
    /// The operator of the changes that follow.
    pub(super) operator: Option<Arc<Operator>>,
    /// The error of the call that makes the changes that follow.
    pub(super) error: Option<&'a ShortText>,
    /// The state at the beginning, if there are waiters.
    before: Option<StateSnapshot>,
}

struct AfterRelease<'a> {
    engine: &'a Engine,
    notifies_waiters: bool,
    // Dropped after the waiters were notified.
    announcements: Announcements<'a>,
}

impl Engine {
    /// Takes the control lock, to change the state.
    ///
    /// First releases an override whose end has come.
    pub(super) fn lock_control(&self) -> ControlGuard<'_> {
        self.release_elapsed_override();
        self.lock_control_under_override()
    }

    /// Takes the control lock, also under an override whose end has come.
    pub(super) fn lock_control_under_override(&self) -> ControlGuard<'_> {
        let control = lock(&self.control);
        ControlGuard {
            before: (control.waiters > 0).then(|| self.state.snapshot()),
            control,
            after_release: AfterRelease {
                engine: self,
                notifies_waiters: false,
                announcements: Announcements::new(&self.dispatcher),
            },
            operator: None,
            error: None,
        }
    }
}

impl ControlGuard<'_> {
    /// Writes a change into the history, and adds its event.
    ///
    /// The event is delivered after the lock is released.
    #[inline]
    pub(super) fn publish(&mut self, change: Change) {
        self.publish_with(change, None);
    }

    /// Like [`publish`](Self::publish), for a change of settings.
    #[inline]
    pub(super) fn publish_with(&mut self, change: Change, difference: Option<Arc<[Difference]>>) {
        let entry = self.control.history.write(change);
        entry.operator.clone_from(&self.operator);
        entry.difference = difference;
        entry.set_error(self.error.map_or("", ShortText::as_str));
        let AfterRelease {
            engine,
            announcements,
            ..
        } = &mut self.after_release;
        if announcements.has_audience(&change) {
            entry.change.time = Some(announcements.add(engine.name().name(), entry));
        }
    }
}

impl Drop for ControlGuard<'_> {
    fn drop(&mut self) {
        self.after_release.notifies_waiters = self.before.is_some_and(|before| {
            rules::concerns_waiters(before, self.after_release.engine.state.snapshot())
        });
    }
}

impl Drop for AfterRelease<'_> {
    fn drop(&mut self) {
        if self.notifies_waiters {
            let engine = self.engine;
            // A waker is user code: a panic in one must neither keep the other waiters asleep nor
            // reach this thread's caller.
            engine
                .dispatcher
                .guarded(|| engine.permit_available.notify_waiters());
            engine
                .dispatcher
                .guarded(|| engine.state_changed.notify_waiters());
        }
    }
}

impl Deref for ControlGuard<'_> {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.control
    }
}

impl DerefMut for ControlGuard<'_> {
    fn deref_mut(&mut self) -> &mut Control {
        &mut self.control
    }
}
