//! The commands of an operator: trip, reset, overrides, other settings.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::engine::{Engine, control_guard::ControlGuard, transition::Opening};
use crate::{
    clock::Timestamp,
    config::{ConfigError, Difference, Settings, Source, name::intern},
    event::{Change, ChangeKind, Moment, Operator},
    state::{BaseState, Override, PackedState, Reason, StateSnapshot, rules},
    sync::lock,
};

impl Engine {
    /// Changes the state to Open for one cooldown; keeps the back-off.
    pub(crate) fn trip(&self, operator: Option<Operator>) {
        let now = self.clock.now();
        let opening = Opening::new(Reason::Operator, now, None);
        self.open(&mut self.commanded_by(operator), self.state.load(), opening);
    }

    /// Changes the state to Open for exactly this long; keeps the back-off.
    pub(crate) fn trip_for(&self, cooldown: Duration, reason: Reason, operator: Option<Operator>) {
        self.open_for(&mut self.commanded_by(operator), cooldown, reason);
    }

    /// Keeps the breaker Open for exactly this long from now. If it is Open
    /// already, only the end of the cooldown changes, without an event.
    ///
    /// Only a member of a fleet uses it: it moves the end repeatedly while another instance makes
    /// the trial calls.
    #[cfg_attr(not(feature = "fleet"), allow(dead_code, reason = "commanded by a fleet"))]
    pub(crate) fn hold_open(&self, cooldown: Duration, reason: Reason) {
        // While it is held, no call ends the Open.
        let mut control = self.lock_control();
        if self.state.load().base() == BaseState::Open {
            self.state.set_deadline(self.clock.now().after(cooldown));
        } else {
            self.open_for(&mut control, cooldown, reason);
        }
    }

    fn open_for(&self, control: &mut ControlGuard<'_>, cooldown: Duration, reason: Reason) {
        let now = self.clock.now();
        let (from, next) = self.change_state(self.state.load(), |state| state.next(BaseState::Open));
        control.cooldown = cooldown;
        self.state.set_deadline(now.after(cooldown));
        self.publish(control, from, next, reason, now);
    }

    /// Ends the cooldown of an Open that still runs.
    pub(crate) fn end_cooldown(&self, operator: Option<Operator>) {
        let now = self.clock.now();
        let mut control = self.commanded_by(operator);
        let snapshot = self.state.snapshot();
        if snapshot.state.base() != BaseState::Open || snapshot.cooldown_elapsed(now) {
            return;
        }
        let (_, next) = self.change_state(snapshot.state, |state| state.next(BaseState::Open));
        self.state.set_deadline(now);
        control.publish(Change::new(next, ChangeKind::CooldownEnded, now));
    }

    /// Changes the state to Closed, with empty counts; resets the back-off.
    pub(crate) fn reset(&self, operator: Option<Operator>) {
        self.close_for(Reason::Operator, operator);
    }

    /// Like [`reset`](Self::reset), for another reason.
    pub(crate) fn close_for(&self, reason: Reason, operator: Option<Operator>) {
        let now = self.clock.now();
        let mut control = self.commanded_by(operator);
        self.close(&mut control, self.state.load(), reason, now);
    }

    /// Sets or releases an override; keeps the base state, its deadline and the
    /// back-off.
    ///
    /// The same override without an end again does nothing. With `lasts`, the override ends by
    /// itself after that time.
    pub(crate) fn set_override(
        &self,
        overridden: Override,
        lasts: Option<Duration>,
        operator: Option<Operator>,
    ) {
        self.replace_override(&mut self.commanded_by(operator), overridden, lasts);
    }

    /// Ends an override of an operator: the one of the configuration is in
    /// force again, if it has one.
    ///
    /// Only a member of a fleet uses it: an operator has released the breaker on all instances,
    /// some of which may be configured otherwise.
    #[cfg_attr(not(feature = "fleet"), allow(dead_code, reason = "commanded by a fleet"))]
    pub(crate) fn release_to_configured(&self, operator: Operator) {
        let mut control = self.commanded_by(Some(operator));
        let configured = control.configured_override;
        self.replace_override(&mut control, configured, None);
    }

    fn replace_override(
        &self,
        control: &mut ControlGuard<'_>,
        overridden: Override,
        lasts: Option<Duration>,
    ) {
        let now = self.clock.now();
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
        self.publish(control, from, next, Reason::Override, now);
    }

    /// Takes other settings. A running cooldown keeps its end; the window
    /// starts empty.
    pub(crate) fn reconfigure(
        &self,
        settings: Settings,
        operator: Option<Operator>,
    ) -> Result<(), ConfigError> {
        settings.check()?;
        let who = operator.as_ref().map_or("", |operator| intern(&operator.who));
        let mut control = self.commanded_by(operator);
        let settings = settings.changed_by(&control.settings, Source::Operator(who));
        self.replace_settings(&mut control, settings);
        Ok(())
    }

    /// Takes the settings that configuration makes of the declared ones.
    ///
    /// The values that an operator has set at run time stay, unless they no longer fit the others.
    /// Returns what has changed.
    pub(crate) fn configure(
        &self,
        configured: impl FnOnce() -> Settings,
    ) -> Result<Vec<Difference>, ConfigError> {
        let mut control = self.lock_control();
        // Under the lock: of two changes of the configuration, the later one takes effect last.
        let (existing, configured) = (control.settings, configured());
        let kept = configured.with_values_of_operator(&existing);
        let settings = if kept.check().is_ok() { kept } else { configured };
        settings.check()?;
        self.replace_settings(&mut control, settings);
        Ok(existing.differences(&settings).collect())
    }

    fn replace_settings(&self, control: &mut ControlGuard<'_>, settings: Settings) {
        let now = self.clock.now();
        if control.settings == settings {
            // The sources may differ.
            control.settings = settings;
            return;
        }
        let difference = Some(control.settings.differences(&settings).collect());
        // Before the generation changes: that publishes the new window and settings to the calls
        // that are admitted then.
        self.window.replace(&settings);
        self.latency.set(settings.latency());
        control.settings = settings;
        self.settings.set(&settings, self.retired.is_some());
        let (_, next) = self.change_state(self.state.load(), |state: PackedState| state.next(state.base()));
        control.publish_with(Change::new(next, ChangeKind::Reconfigured, now), difference);
    }

    /// Sets the override that configuration requires, if it is another one than
    /// before.
    ///
    /// So an override that an operator has set or released since then stays. Returns the override
    /// before and after, if it has changed.
    pub(crate) fn configure_override(
        &self,
        configured: impl FnOnce() -> (Override, Option<Operator>),
    ) -> Option<(Override, Override)> {
        let mut control = self.lock_control();
        // Under the lock: see `configure`.
        let (overridden, operator) = configured();
        let before = control.configured_override;
        if before == overridden {
            return None;
        }
        control.configured_override = overridden;
        let current = self.state.load().overridden();
        if current != Override::None && current != before {
            // An operator has set another one, which stays.
            return None;
        }
        control.operator = operator.map(Arc::new);
        self.replace_override(&mut control, overridden, None);
        (current != overridden).then_some((current, overridden))
    }

    /// Sets the timeout that replaces the one in the code, and returns the one
    /// before.
    pub(crate) fn configure_timeout(&self, timeout: Option<Duration>) -> Option<Duration> {
        let _control = lock(&self.control);
        let before = self.timeout.get();
        self.timeout.set(timeout);
        before
    }

    /// Returns the timeout that configuration sets.
    #[cfg_attr(not(feature = "dashboard"), allow(dead_code, reason = "the page shows it"))]
    pub(crate) fn configured_timeout(&self) -> Option<Duration> {
        self.timeout.get()
    }

    /// Returns the timeout of a call whose function or handle declares this one.
    /// Costs one load.
    #[inline]
    pub(crate) fn timeout(&self, declared: Duration) -> Duration {
        self.timeout.get().unwrap_or(declared)
    }

    /// Takes the control lock for the command of an operator.
    fn commanded_by(&self, operator: Option<Operator>) -> ControlGuard<'_> {
        let mut control = self.lock_control();
        control.operator = operator.map(Arc::new);
        control
    }

    /// Releases an override whose end has come. Called by each call that meets
    /// an override, and before each change.
    ///
    /// A call that meets an override with an end also finds that end:
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
        self.end_open_time(&mut control, self.state.load(), now);
        let (from, next) = self.change_state(self.state.load(), |state| state.next_override(Override::None));
        self.override_end.set(None);
        self.publish(&mut control, from, next, Reason::OverrideElapsed, now);
    }

    /// Returns the state that a call meets: if its override has ended, the state
    /// after the release.
    #[inline]
    pub(super) fn without_elapsed_override(&self, state: PackedState) -> PackedState {
        if state.overridden() == Override::None {
            return state;
        }
        self.release_elapsed_override();
        self.state.load()
    }

    /// Returns the state as readers see it: without an override whose end has come.
    /// Changes nothing.
    pub(super) fn effective(&self, snapshot: StateSnapshot, now: Timestamp) -> StateSnapshot {
        if snapshot.state.overridden() != Override::None && self.override_end.is_over(now) {
            let state = snapshot.state.without_override();
            return StateSnapshot { state, ..snapshot };
        }
        snapshot
    }

    /// Returns when the override of this state ends by itself.
    pub(super) fn override_until(&self, state: PackedState, now: Moment) -> Option<SystemTime> {
        let end = self.override_end.get()?;
        let is_overridden = state.overridden() != Override::None;
        is_overridden.then(|| now.time.checked_add(end.since(now.at)))?
    }
}
