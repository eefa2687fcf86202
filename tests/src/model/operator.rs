//! What an operator does by hand: R17.

use super::breaker::Breaker;
use super::call::{State, Why};
use super::settings::Settings;

impl Breaker {
    /// `trip()`: Open now for one cooldown, underneath an override.
    pub fn trip(&mut self) {
        self.open(Why::Operator);
    }

    /// `reset()`: Closed and empty now, underneath an override.
    pub fn reset(&mut self) {
        self.close(Why::Operator);
    }

    /// `force_open()`.
    pub fn force_open(&mut self) {
        self.force(Some(State::ForcedOpen));
    }

    /// `force_closed()`.
    pub fn force_closed(&mut self) {
        self.force(Some(State::ForcedClosed));
    }

    /// `release()`.
    pub fn release_override(&mut self) {
        self.force(None);
    }

    fn force(&mut self, forced: Option<State>) {
        if self.forced == forced {
            return;
        }
        let from = self.stored_state();
        self.forced = forced;
        self.next_generation();
        self.publish(from, Why::Override);
    }

    /// R16, `reconfigure()`: other numbers, and another window too.
    /// The same settings again do nothing. A running cooldown keeps its end.
    pub fn update(&mut self, settings: Settings) {
        if self.settings != settings {
            self.settings = settings;
            self.next_generation();
        }
    }
}
