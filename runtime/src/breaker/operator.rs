//! What an operator does with a breaker.

use crate::{
    breaker::CircuitBreaker,
    config::{ConfigError, Settings},
    state::Override,
};

impl CircuitBreaker {
    /// Changes the settings in place, the kind and the size of the window too.
    ///
    /// A running cooldown keeps its end. The window starts empty, in a new generation: calls in
    /// flight are stale.
    ///
    /// # Errors
    /// The first broken rule. Nothing has changed then.
    ///
    /// # Memory
    /// A breaker keeps at most one window of each kind until it is dropped, however often its
    /// settings change: a replaced window of calls keeps nothing, one of failure times keeps 72
    /// bytes, one of time keeps its 352 bytes and 128 per core.
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
