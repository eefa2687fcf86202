//! What an operator does: trip, reset, overrides, other settings.

use crate::engine::{Engine, transition::Opening};
use crate::{
    config::{ConfigError, Settings},
    state::{Override, PackedState, Reason, rules},
};

impl Engine {
    /// Goes to Open now, for one cooldown; keeps the back-off.
    pub(crate) fn trip(&self) {
        let now = self.clock.now();
        let opening = Opening {
            reason: Reason::Operator,
            now,
            requested_cooldown: None,
        };
        self.open(&mut self.lock_control(), self.state.load(), opening);
    }

    /// Goes to Closed now, empty; forgets the back-off.
    pub(crate) fn reset(&self) {
        let now = self.clock.now();
        self.close(&mut self.lock_control(), self.state.load(), Reason::Operator, now);
    }

    /// Sets or releases an override; keeps the automatic state, its deadline
    /// and the back-off.
    pub(crate) fn set_override(&self, overridden: Override) {
        let now = self.clock.now();
        let mut control = self.lock_control();
        let (from, next) = self.state.update(self.state.load(), |state| {
            let next = rules::under_override(state, overridden);
            (next, next)
        });
        if let Some(next) = next {
            self.publish(&mut control, from, next, Reason::Override, now);
        }
    }

    /// Takes other settings.
    ///
    /// A running cooldown keeps its end; the window starts empty.
    pub(crate) fn reconfigure(&self, settings: Settings) -> Result<(), ConfigError> {
        settings.check()?;
        let mut control = self.lock_control();
        if control.settings == settings {
            return Ok(());
        }
        // Before the generation changes: that publishes the new window and settings to the calls that are admitted then.
        self.window.replace(&settings);
        control.settings = settings;
        self.settings.set(&settings);
        self.change_state(self.state.load(), |state: PackedState| {
            state.next(state.automatic())
        });
        Ok(())
    }
}
