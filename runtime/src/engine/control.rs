//! The control lock, and what only its holder reads and writes.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use crate::{
    clock::Timestamp,
    config::Settings,
    engine::Engine,
    event::{Delivery, Event},
    state::{StateSnapshot, rules},
    sync::{MutexGuard, lock},
};

pub(super) struct Control {
    pub(super) settings: Settings,
    /// The number of reopenings since the last Closed.
    pub(super) reopenings: u32,
    /// The number of consecutive abandoned trial calls (R21).
    pub(super) abandoned_trials: u32,
    /// The number of the last admission of a trial call.
    pub(super) trial_admission: u32,
    /// The length of the current cooldown, which is also the time between two extra trial calls.
    pub(super) cooldown: Duration,
    /// When the last `WouldTrip` was reported.
    pub(super) would_have_tripped: Option<Timestamp>,
    /// The number of tasks that wait for a permit or for Closed.
    ///
    /// 1. A waiter adds itself under the lock, then reads the state.
    /// 2. A thread that changes the state does so under the lock, and reads `waiters` before it releases it.
    ///
    /// So no waiter misses a change, and a change without a waiter notifies nobody.
    pub(super) waiters: usize,
}

impl Control {
    pub(super) const fn new(settings: Settings) -> Self {
        Self {
            settings,
            reopenings: 0,
            abandoned_trials: 0,
            trial_admission: 0,
            cooldown: settings.cooldown(),
            would_have_tripped: None,
            waiters: 0,
        }
    }
}

/// The held control lock. Dropping it releases the lock, then notifies waiters and delivers events.
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
            // A waker is user code: a panic in one must neither keep the other waiters asleep nor reach this thread's caller.
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
