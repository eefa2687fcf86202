//! What an operator does: trip, reset, overrides, other settings.

use std::time::{Duration, SystemTime};

use crate::engine::{Engine, control_guard::ControlGuard, transition::Opening};
use crate::{
    clock::Timestamp,
    config::{ConfigError, Settings},
    event::{EventKind, Moment, Note, Operator},
    state::{BaseState, Override, PackedState, Reason, StateSnapshot, rules},
};

impl Engine {
    /// Goes to Open now, for one cooldown; keeps the back-off.
    pub(crate) fn trip(&self, operator: Option<Operator>) {
        let now = self.clock.now();
        let opening = Opening {
            reason: Reason::Operator,
            now,
            requested_cooldown: None,
        };
        self.open(&mut self.commanded_by(operator), self.state.load(), opening);
    }

    /// Goes to Open now, for exactly this long; keeps the back-off.
    pub(crate) fn trip_for(&self, cooldown: Duration, reason: Reason, operator: Option<Operator>) {
        let now = self.clock.now();
        let mut control = self.commanded_by(operator);
        let (from, next) = self.change_state(self.state.load(), |state| state.next(BaseState::Open));
        control.cooldown = cooldown;
        self.state.set_deadline(now.after(cooldown));
        self.publish(&mut control, from, next, reason, now);
    }

    /// Ends the cooldown of an Open that still runs.
    pub(crate) fn end_cooldown(&self, operator: Option<Operator>) {
        let now = self.clock.now();
        let mut control = self.commanded_by(operator);
        let snapshot = self.state.snapshot();
        if snapshot.state.automatic() != BaseState::Open || snapshot.cooldown_elapsed(now) {
            return;
        }
        let (_, next) = self.change_state(snapshot.state, |state| state.next(BaseState::Open));
        self.state.set_deadline(now);
        control.publish(next, EventKind::CooldownEnded, now);
    }

    /// Goes to Closed now, empty; forgets the back-off.
    pub(crate) fn reset(&self, operator: Option<Operator>) {
        let now = self.clock.now();
        let mut control = self.commanded_by(operator);
        self.close(&mut control, self.state.load(), Reason::Operator, now);
    }

    /// Sets or releases an override; keeps the automatic state, its deadline
    /// and the back-off.
    ///
    /// The same override without an end again does nothing. With `lasts`, the override ends by
    /// itself after that time.
    pub(crate) fn set_override(
        &self,
        overridden: Override,
        lasts: Option<Duration>,
        operator: Option<Operator>,
    ) {
        let now = self.clock.now();
        let mut control = self.commanded_by(operator);
        let (state, end) = (self.state.load(), lasts.map(|lasts| now.after(lasts)));
        let is_same = rules::under_override(state, overridden).is_none();
        if is_same && end.is_none() && self.override_end.get().is_none() {
            return;
        }
        // The end is set before an override, and removed after a release: see
        // `release_elapsed_override`.
        if overridden != Override::None {
            self.override_end.set(end);
        }
        let (from, next) = self.change_state(state, |state| state.next_override(overridden));
        self.override_end.set(end);
        self.publish(&mut control, from, next, Reason::Override, now);
    }

    /// Takes other settings. A running cooldown keeps its end; the window
    /// starts empty.
    pub(crate) fn reconfigure(
        &self,
        settings: Settings,
        operator: Option<Operator>,
    ) -> Result<(), ConfigError> {
        settings.check()?;
        let now = self.clock.now();
        let mut control = self.commanded_by(operator);
        if control.settings == settings {
            return Ok(());
        }
        let difference = control.settings.differences(&settings).collect();
        // Before the generation changes: that publishes the new window and settings to the calls
        // that are admitted then.
        self.window.replace(&settings);
        control.settings = settings;
        self.settings.set(&settings);
        let (_, next) = self.change_state(self.state.load(), |state: PackedState| {
            state.next(state.automatic())
        });
        control.publish(next, EventKind::Reconfigured { difference }, now);
        Ok(())
    }

    /// Takes the control lock for the command of an operator.
    fn commanded_by(&self, operator: Option<Operator>) -> ControlGuard<'_> {
        let mut control = self.lock_control();
        control.note = operator.map(Note::of_operator);
        control
    }

    /// Releases an override whose end has come. Called by each call that meets
    /// an override, and before each change.
    ///
    /// An override that has an end is never met without it:
    ///
    /// 1. The end is set before the state that has the override. A call that loads that state then
    ///    reads the end.
    /// 2. It is removed after the state without the override is set. A call that reads no end loads
    ///    the state again, and finds that one.
    #[inline]
    pub(super) fn release_elapsed_override(&self) {
        if self.override_end.get().is_some() {
            self.release_override_at_end();
        }
    }

    #[cold]
    fn release_override_at_end(&self) {
        let now = self.clock.now();
        if !self.override_end.is_over(now) {
            return;
        }
        let mut control = self.lock_control_under_override();
        // Another thread may have released it, or set another end, before this one took the lock.
        if !self.override_end.is_over(now) {
            return;
        }
        let (from, next) = self.change_state(self.state.load(), |state| state.next_override(Override::None));
        self.override_end.set(None);
        self.publish(&mut control, from, next, Reason::OverrideElapsed, now);
    }

    /// The state that a call meets: if its override has ended, the state after
    /// the release.
    #[inline]
    pub(super) fn without_elapsed_override(&self, state: PackedState) -> PackedState {
        if state.overridden() == Override::None {
            return state;
        }
        self.release_elapsed_override();
        self.state.load()
    }

    /// The state as readers see it: without an override whose end has come.
    /// Changes nothing.
    pub(super) fn effective(&self, snapshot: StateSnapshot, now: Timestamp) -> StateSnapshot {
        if snapshot.state.overridden() != Override::None && self.override_end.is_over(now) {
            let state = snapshot.state.without_override();
            return StateSnapshot { state, ..snapshot };
        }
        snapshot
    }

    /// When the override of this state ends by itself.
    pub(super) fn override_until(&self, state: PackedState, now: Moment) -> Option<SystemTime> {
        let end = self.override_end.get()?;
        let is_overridden = state.overridden() != Override::None;
        is_overridden.then(|| now.time.checked_add(end.since(now.at)))?
    }
}
