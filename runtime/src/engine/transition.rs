//! Changes of state, all made under the control lock.

use std::time::Duration;

use crate::engine::{Engine, control::Control, control_guard::ControlGuard};
use crate::{
    clock::Timestamp,
    event::{Change, ChangeKind},
    state::{BaseState, PackedState, Reason, State, rules},
};

/// The reason, the time and the requested cooldown of a change to Open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    pub(super) reason: Reason,
    pub(super) now: Timestamp,
    pub(super) requested_cooldown: Option<Duration>,
}

impl Opening {
    pub(super) const fn new(reason: Reason, now: Timestamp, requested_cooldown: Option<Duration>) -> Self {
        Self {
            reason,
            now,
            requested_cooldown,
        }
    }
}

impl Engine {
    /// Changes the state to Open, and starts the cooldown.
    ///
    /// `from`: the state that the caller has loaded.
    #[allow(clippy::inline_always, reason = "see `start_cooldown`")]
    #[inline(always)]
    pub(super) fn open(&self, control: &mut ControlGuard<'_>, from: PackedState, opening: Opening) {
        let (from, _) = self.change_state(from, |state| state.next(BaseState::Open));
        self.start_cooldown(control, from, opening);
    }

    /// Starts the cooldown of the Open that was just entered from `from`.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, the reason passes through memory: 178 ns of a cycle become 186"
    )]
    #[inline(always)]
    pub(super) fn start_cooldown(&self, control: &mut ControlGuard<'_>, from: PackedState, opening: Opening) {
        let next = from.next(BaseState::Open);
        // The deadline before this one may be the end of an earlier Open.
        self.end_open_time(control, from, opening.now);
        control.cooldown = rules::cooldown(
            &control.settings,
            control.reopenings,
            opening.requested_cooldown,
            self.seed,
            next.generation(),
        );
        self.state.set_deadline(opening.now.after(control.cooldown));
        self.publish(control, from, next, opening.reason, opening.now);
    }

    /// Changes the state to Closed, and resets the back-off and the count of
    /// abandoned trial calls.
    #[allow(clippy::inline_always, reason = "see `start_cooldown`")]
    #[inline(always)]
    pub(super) fn close(
        &self,
        control: &mut ControlGuard<'_>,
        from: PackedState,
        reason: Reason,
        now: Timestamp,
    ) {
        control.reopenings = 0;
        control.abandoned_trials = 0;
        let (from, next) = self.change_state(from, |state| state.next(BaseState::Closed));
        self.publish(control, from, next, reason, now);
    }

    /// Changes the state, also while healthy calls change its count.
    ///
    /// Returns the state before and after.
    pub(super) fn change_state(
        &self,
        from: PackedState,
        rule: impl Fn(PackedState) -> PackedState,
    ) -> (PackedState, PackedState) {
        self.state.change(from, rule)
    }

    /// Publishes a change of state.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, the parts of the change pass through memory: 170 ns of a cycle become 181"
    )]
    #[inline(always)]
    pub(super) fn publish(
        &self,
        control: &mut ControlGuard<'_>,
        from: PackedState,
        next: PackedState,
        reason: Reason,
        now: Timestamp,
    ) {
        self.end_open_time(control, from, now);
        let (from, to) = (from.state(), next.state());
        if matches!(to, State::Open | State::ForcedOpen) {
            control.open_time.begin(now);
        }
        let (kind, has_cooldown) = if from == to {
            (ChangeKind::Restarted, next.base() == BaseState::Open)
        } else {
            control.transitions.add(from, to, reason);
            (ChangeKind::Transition, to == State::Open)
        };
        control.publish(Change {
            from,
            reason: Some(reason),
            cooldown: has_cooldown.then_some(control.cooldown),
            override_for: self.override_end.get().map(|end| end.since(now)),
            ..Change::new(next, kind, now)
        });
    }

    /// Ends the open time of a state that is about to be left.
    pub(super) fn end_open_time(&self, control: &mut Control, from: PackedState, now: Timestamp) {
        if control.open_time.is_running() {
            control.open_time.end(self.open_until(from, now));
        }
    }

    /// Returns how long the breaker was open until now.
    pub(super) fn open_time(&self, control: &Control, now: Timestamp) -> Duration {
        control.open_time.total(self.open_until(self.state.load(), now))
    }

    fn open_until(&self, state: PackedState, now: Timestamp) -> Timestamp {
        let deadline = self.state.snapshot().deadline;
        rules::open_until(state, deadline, self.override_end.get(), now)
    }
}
