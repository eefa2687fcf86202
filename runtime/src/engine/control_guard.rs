//! The held control lock, and what follows its release.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use crate::engine::{Engine, control::Control};
use crate::{
    config::Difference,
    event::{AnnouncedChange, Announcement, Change, EventRoute, Moment, Operator, ShortText, log},
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
    /// Of a change with an audience.
    announcement: Option<Announcement<'a>>,
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
                announcement: None,
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
    #[allow(clippy::inline_always, reason = "see `History::write`")]
    #[inline(always)]
    pub(super) fn publish(&mut self, change: Change) {
        self.publish_with(change, None);
    }

    /// Like [`publish`](Self::publish), for a change of settings.
    #[allow(clippy::inline_always, reason = "see `History::write`")]
    #[inline(always)]
    pub(super) fn publish_with(&mut self, change: Change, difference: Option<Arc<[Difference]>>) {
        let is_logged = log::is_enabled(&change);
        let error = self.error.map_or("", ShortText::as_str);
        let entry = self.control.history.write(change);
        entry.complete(self.operator.as_ref(), difference, error);
        if is_logged || self.after_release.engine.dispatcher.has_audience() {
            self.announce(is_logged);
        }
    }

    /// Prepares the event of the change that was just written.
    ///
    /// No event is made, and no wall clock is read, for a breaker without subscribers and receivers
    /// if `tracing` is off for the level of the event.
    #[inline(never)]
    fn announce(&mut self, is_logged: bool) {
        let AfterRelease {
            engine, announcement, ..
        } = &mut self.after_release;
        debug_assert!(announcement.is_none(), "a turn that was taken would never end");
        let name = engine.name().name();
        let Control {
            history, recipients, ..
        } = &mut *self.control;
        let Some(entry) = history.last_mut() else {
            return;
        };
        // The `tracing` event and the waiters come first, and both run user code.
        let route = if is_logged || self.before.is_some() {
            EventRoute::Queued(None)
        } else {
            engine.dispatcher.route(name, recipients)
        };
        *announcement = Some(match route {
            EventRoute::Nobody => return,
            EventRoute::AtOnce(inbox) => Announcement::AtOnce(
                inbox,
                AnnouncedChange {
                    change: entry.change,
                    operator: entry.operator.clone(),
                    difference: entry.difference.clone(),
                    error: self.error,
                },
            ),
            EventRoute::Queued(inbox) => {
                let time = Moment::wall_clock();
                entry.change.time = Some(time);
                Announcement::queue(entry.event(name, time), is_logged, &engine.dispatcher, inbox)
            }
        });
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
        if let Some(announcement) = &self.announcement {
            deliver(self.engine, announcement);
        }
    }
}

#[inline(never)]
fn deliver(engine: &Engine, announcement: &Announcement<'_>) {
    let read = announcement.deliver(engine.name().name(), &engine.clock, &engine.dispatcher);
    if let Some((change, time)) = read {
        // The history shows the same time as the event.
        lock(&engine.control).history.set_time(change, time);
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
