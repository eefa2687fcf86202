//! What an operator does: trip, reset, overrides, other settings.

use crate::engine::{Engine, transition::Opening};
use crate::{
    config::{ConfigError, Settings},
    state::{BaseState, Override, PackedState, Reason},
};

impl Engine {
    /// Open now, for one cooldown; leaves the back-off.
    pub(crate) fn trip(&self) {
        let now = self.clock.now();
        let mut control = self.changing();
        let opening = Opening {
            reason: Reason::Operator,
            now,
            asked: None,
        };
        self.open(&mut control, self.machine.load(), opening);
        self.announce(control);
    }

    /// Closed and empty now; clears the back-off.
    pub(crate) fn reset(&self) {
        let now = self.clock.now();
        let mut control = self.changing();
        control.reopenings = 0;
        let (from, next) = self.force(|word| word.next(BaseState::Closed));
        self.tell(&mut control, from, next, Reason::Operator, now);
        self.announce(control);
    }

    /// Sets or releases an override; the automatic state, its deadline and the back-off stay.
    pub(crate) fn set_override(&self, overridden: Override) {
        let now = self.clock.now();
        let mut control = self.changing();
        if self.machine.load().overridden() == overridden {
            return;
        }
        let (from, next) = self.force(|word| word.next_override(overridden));
        self.tell(&mut control, from, next, Reason::Override, now);
        self.announce(control);
    }

    /// Takes other settings. A cooldown that runs keeps its end; what the window held is forgotten.
    pub(crate) fn reconfigure(&self, settings: Settings) -> Result<(), ConfigError> {
        settings.check()?;
        let mut control = self.changing();
        if control.settings == settings {
            return Ok(());
        }
        // Before the generation changes: that publishes the new window and settings to the calls that are admitted then.
        self.window.replace(&settings);
        control.settings = settings;
        self.live.set(&settings);
        self.force(|word: PackedState| word.next(word.automatic()));
        self.announce(control);
        Ok(())
    }
}
