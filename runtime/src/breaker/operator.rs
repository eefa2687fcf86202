//! What an operator does with a breaker.

use crate::{
    breaker::CircuitBreaker,
    config::{ConfigError, Settings},
    state::Override,
};

impl CircuitBreaker {
    /// Changes the settings in place.
    ///
    /// A cooldown that runs keeps its end; the window starts empty.
    ///
    /// # Errors
    /// The first broken rule, or [`ConfigError::WindowFixed`] where the kind or the size of the
    /// window would change (for a number of failures within a time, a higher threshold than the
    /// first one too). Nothing has changed then.
    pub fn reconfigure(&self, settings: Settings) -> Result<(), ConfigError> {
        self.engine.reconfigure(settings)
    }

    /// Rejects every call from now on, until
    /// [`release_override`](Self::release_override).
    #[doc(alias = "isolate")]
    pub fn force_open(&self) {
        self.engine.set_override(Override::Open);
    }

    /// Admits every call from now on, until
    /// [`release_override`](Self::release_override). Outcomes feed a shadow
    /// window; [`WouldTrip`](crate::EventKind::WouldTrip) tells when it would
    /// have tripped.
    #[doc(alias = "disable")]
    pub fn force_closed(&self) {
        self.engine.set_override(Override::Closed);
    }

    /// Ends an override.
    ///
    /// The automatic state goes on where it was; counts start empty.
    pub fn release_override(&self) {
        self.engine.set_override(Override::None);
    }

    /// Open now, for one cooldown.
    ///
    /// Does not release an override, and leaves the back-off as it is.
    pub fn trip(&self) {
        self.engine.trip();
    }

    /// Closed and empty now.
    ///
    /// Does not release an override; the back-off starts again. Totals stay.
    pub fn reset(&self) {
        self.engine.reset();
    }
}
