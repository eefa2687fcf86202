//! Changes of state, all made under the control lock.

use std::time::{Duration, SystemTime};

use crate::engine::{Engine, control::ControlGuard};
use crate::{
    clock::Timestamp,
    event::{BreakerEvent, Event, EventKind},
    state::{BaseState, PackedState, Reason, State, rules},
    sync::lock,
};

/// Why and when it opens, and for how long the call that opens it asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    pub(super) reason: Reason,
    pub(super) now: Timestamp,
    pub(super) asked: Option<Duration>,
}

impl Engine {
    /// Takes the control lock, for a change.
    pub(super) fn changing(&self) -> ControlGuard<'_> {
        ControlGuard::new(lock(&self.control), &self.hub)
    }

    /// Goes to Open, and starts the cooldown.
    pub(super) fn open(&self, control: &mut ControlGuard<'_>, mut from: PackedState, opening: Opening) {
        while !self.try_open(control, from, opening) {
            from = self.machine.load();
        }
    }

    /// As [`open`](Self::open), but only from exactly this word; false when a healthy call has changed it.
    #[must_use]
    pub(super) fn try_open(
        &self,
        control: &mut ControlGuard<'_>,
        from: PackedState,
        opening: Opening,
    ) -> bool {
        let next = from.next(BaseState::Open);
        if !self.machine.replace(from, next) {
            return false;
        }
        let (settings, generation) = (&control.settings, next.generation());
        control.cooldown = match opening.asked {
            Some(asked) => rules::cooldown_asked_for(settings, asked, self.seed, generation),
            None => rules::cooldown(settings, control.reopenings, self.seed, generation),
        };
        self.machine.set_deadline(opening.now.after(control.cooldown));
        self.tell(control, from, next, opening.reason, opening.now);
        true
    }

    /// Goes to Closed and forgets the back-off.
    pub(super) fn close(
        &self,
        control: &mut ControlGuard<'_>,
        from: PackedState,
        reason: Reason,
        now: Timestamp,
    ) {
        control.reopenings = 0;
        self.enter(control, from, from.next(BaseState::Closed), reason, now);
    }

    /// Changes the word under the lock and adds the event.
    pub(super) fn enter(
        &self,
        control: &mut ControlGuard<'_>,
        from: PackedState,
        next: PackedState,
        reason: Reason,
        now: Timestamp,
    ) {
        self.replace_under_lock(from, next);
        self.tell(control, from, next, reason, now);
    }

    /// Changes a word that only holders of the control lock change.
    pub(super) fn replace_under_lock(&self, from: PackedState, next: PackedState) {
        let replaced = self.machine.replace(from, next);
        debug_assert!(
            replaced,
            "only the one who holds the control lock changes this word"
        );
    }

    /// Changes the word to what `next` makes of it, whatever healthy calls do meanwhile. Returns the word before.
    pub(super) fn force(&self, next: impl Fn(PackedState) -> PackedState) -> (PackedState, PackedState) {
        loop {
            let word = self.machine.load();
            let changed = next(word);
            if self.machine.replace(word, changed) {
                return (word, changed);
            }
        }
    }

    /// Adds the event of a change, if the reported state is another one.
    pub(super) fn tell(
        &self,
        control: &mut ControlGuard<'_>,
        from: PackedState,
        next: PackedState,
        reason: Reason,
        now: Timestamp,
    ) {
        let (from, to) = (from.state(), next.state());
        if from != to {
            let cooldown = (to == State::Open).then_some(control.cooldown);
            let kind = EventKind::Transition {
                from,
                to,
                reason,
                cooldown,
            };
            self.add_event(control, next, kind, now);
        }
    }

    /// Adds an event, to be delivered when the lock is released.
    pub(super) fn add_event(
        &self,
        control: &mut ControlGuard<'_>,
        word: PackedState,
        kind: EventKind,
        now: Timestamp,
    ) {
        control.add(Event::Breaker(BreakerEvent {
            name: self.name,
            generation: word.generation(),
            at: now.as_duration(),
            time: SystemTime::now(),
            kind,
        }));
    }

    /// Releases the control lock, then tells waiters and listeners.
    pub(super) fn announce(&self, control: ControlGuard<'_>) {
        let is_waited_for = control.waiters > 0;
        let ControlGuard {
            control, delivery, ..
        } = control;
        drop(control);
        if is_waited_for {
            // Wakers are not ours: a panic in one must not keep the others asleep, nor reach the call that happened to change the state.
            self.hub.guarded(|| self.permit_available.notify_waiters());
            self.hub.guarded(|| self.changed.notify_waiters());
        }
        drop(delivery);
    }
}
