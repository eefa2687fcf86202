//! Changes of state, all made under the control lock.

use std::time::Duration;

use crate::engine::{Engine, control_guard::ControlGuard};
use crate::{
    clock::Timestamp,
    event::EventKind,
    state::{BaseState, PackedState, Reason, State, rules},
};

/// Why and when a breaker opens, and the cooldown that the call requested.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    pub(super) reason: Reason,
    pub(super) now: Timestamp,
    pub(super) requested_cooldown: Option<Duration>,
}

impl Engine {
    /// Goes to Open, and starts the cooldown.
    ///
    /// `from`: the state that the caller has loaded.
    pub(super) fn open(&self, control: &mut ControlGuard<'_>, from: PackedState, opening: Opening) {
        let (from, _) = self.change_state(from, |state| state.next(BaseState::Open));
        self.start_cooldown(control, from, opening);
    }

    /// Starts the cooldown of the Open that was just entered from `from`.
    pub(super) fn start_cooldown(&self, control: &mut ControlGuard<'_>, from: PackedState, opening: Opening) {
        let next = from.next(BaseState::Open);
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

    /// Goes to Closed and forgets the back-off and the abandoned trial calls.
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
        self.state.update(from, |state| {
            let next = rule(state);
            (Some(next), next)
        })
    }

    /// Publishes a change of state.
    pub(super) fn publish(
        &self,
        control: &mut ControlGuard<'_>,
        from: PackedState,
        next: PackedState,
        reason: Reason,
        now: Timestamp,
    ) {
        let (from, to) = (from.state(), next.state());
        let override_for = self.override_end.get().map(|end| end.since(now));
        let kind = if from == to {
            let is_open = next.automatic() == BaseState::Open;
            EventKind::Restarted {
                reason,
                cooldown: is_open.then_some(control.cooldown),
                override_for,
            }
        } else {
            EventKind::Transition {
                from,
                to,
                reason,
                cooldown: (to == State::Open).then_some(control.cooldown),
                override_for,
            }
        };
        control.publish(next, kind, now);
    }
}
