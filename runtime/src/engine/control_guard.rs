//! The held control lock, and what follows its release.

use std::ops::{Deref, DerefMut};

use crate::engine::{Engine, control::Control};
use crate::{
    event::{Delivery, Event},
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
    /// The state at the beginning, if there are waiters.
    before: Option<StateSnapshot>,
}

struct AfterRelease<'a> {
    engine: &'a Engine,
    delivery: Option<Delivery<'a>>,
    notifies_waiters: bool,
}

impl Engine {
    /// Takes the control lock, to change the state.
    pub(super) fn lock_control(&self) -> ControlGuard<'_> {
        let control = lock(&self.control);
        ControlGuard {
            before: (control.waiters > 0).then(|| self.state.snapshot()),
            control,
            after_release: AfterRelease {
                engine: self,
                delivery: None,
                notifies_waiters: false,
            },
        }
    }
}

impl ControlGuard<'_> {
    /// Adds an event, to be delivered after the lock is released.
    pub(super) fn add(&mut self, event: Event) {
        let dispatcher = self.after_release.engine.dispatcher();
        if dispatcher.add(&event) {
            self.after_release.delivery = Some(Delivery {
                hub: dispatcher,
                event,
            });
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
