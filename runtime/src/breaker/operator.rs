//! The commands of an operator on a handle.

use std::time::Duration;

use crate::{
    breaker::CircuitBreaker,
    config::{ConfigError, Settings},
    event::Operator,
    state::{Override, Reason},
};

/// What an operator does by hand. Each command has a twin that records its
/// [`Operator`].
///
/// A command that changes anything starts a new generation and is one event. Events, the
/// [history](Self::history) and the [snapshot](Self::snapshot) show its operator.
impl CircuitBreaker {
    /// Changes the settings in place, the kind and the size of the window too.
    ///
    /// A running cooldown keeps its end. The window starts empty, in a new generation: calls in
    /// flight are stale. Emits [`Reconfigured`](crate::EventKind::Reconfigured) with every key that
    /// differs. Equal settings change nothing.
    ///
    /// # Errors
    /// The first broken rule. Nothing has changed then.
    ///
    /// # Memory
    /// A breaker keeps at most one window of each kind until it is dropped, however often its
    /// settings change: a replaced window of calls keeps nothing, one of failure times keeps 72
    /// bytes, one of time keeps its 352 bytes and 128 per core.
    pub fn reconfigure(&self, settings: Settings) -> Result<(), ConfigError> {
        self.engine.reconfigure(settings, None)
    }

    /// Like [`reconfigure`](Self::reconfigure), and records the operator.
    ///
    /// # Errors
    /// Like [`reconfigure`](Self::reconfigure).
    pub fn reconfigure_by(&self, settings: Settings, operator: Operator) -> Result<(), ConfigError> {
        self.engine.reconfigure(settings, Some(operator))
    }

    /// Rejects every call from now on, until
    /// [`release_override`](Self::release_override).
    #[doc(alias = "isolate")]
    pub fn force_open(&self) {
        self.engine.set_override(Override::Open, None, None);
    }

    /// Like [`force_open`](Self::force_open), and records the operator.
    pub fn force_open_by(&self, operator: Operator) {
        self.engine.set_override(Override::Open, None, Some(operator));
    }

    /// Rejects every call for this long, then releases the override.
    ///
    /// The release is lazy, like the end of a cooldown: from the end on, readers see the state
    /// underneath, and the first call or command makes the change. Calling this again sets another
    /// end.
    pub fn force_open_for(&self, duration: Duration) {
        self.engine.set_override(Override::Open, Some(duration), None);
    }

    /// Like [`force_open_for`](Self::force_open_for), and records the operator.
    pub fn force_open_for_by(&self, duration: Duration, operator: Operator) {
        let duration = Some(duration);
        self.engine.set_override(Override::Open, duration, Some(operator));
    }

    /// Admits every call from now on, until
    /// [`release_override`](Self::release_override). Outcomes feed a shadow window.
    /// [`WouldTrip`](crate::EventKind::WouldTrip) shows when the breaker would have
    /// tripped.
    #[doc(alias = "disable")]
    pub fn force_closed(&self) {
        self.engine.set_override(Override::Closed, None, None);
    }

    /// Like [`force_closed`](Self::force_closed), and records the operator.
    pub fn force_closed_by(&self, operator: Operator) {
        self.engine.set_override(Override::Closed, None, Some(operator));
    }

    /// Admits every call for this long, then releases the override. The release
    /// is lazy, see [`force_open_for`](Self::force_open_for).
    pub fn force_closed_for(&self, duration: Duration) {
        self.engine.set_override(Override::Closed, Some(duration), None);
    }

    /// Like [`force_closed_for`](Self::force_closed_for), and records the
    /// operator.
    pub fn force_closed_for_by(&self, duration: Duration, operator: Operator) {
        let duration = Some(duration);
        self.engine
            .set_override(Override::Closed, duration, Some(operator));
    }

    /// Ends an override. The state underneath goes on as it was; its counts start
    /// empty.
    pub fn release_override(&self) {
        self.engine.set_override(Override::None, None, None);
    }

    /// Like [`release_override`](Self::release_override), and records the
    /// operator.
    pub fn release_override_by(&self, operator: Operator) {
        self.engine.set_override(Override::None, None, Some(operator));
    }

    /// Opens now, for one cooldown. Does not release an override, and leaves
    /// the back-off as it is.
    pub fn trip(&self) {
        self.engine.trip(None);
    }

    /// Like [`trip`](Self::trip), and records the operator.
    pub fn trip_by(&self, operator: Operator) {
        self.engine.trip(Some(operator));
    }

    /// Opens now, for exactly this long: without jitter, and also beyond
    /// `max_cooldown`. Leaves the back-off as it is.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusebox::CircuitBreaker;
    ///
    /// let orders = CircuitBreaker::builder("trip-for-doc").build()?;
    /// orders.trip_for(Duration::from_secs(3600));
    /// let wait = orders.snapshot().retry_after.expect("open");
    /// assert!(wait > Duration::from_secs(3590) && wait <= Duration::from_secs(3600));
    /// # Ok::<(), fusebox::ConfigError>(())
    /// ```
    pub fn trip_for(&self, duration: Duration) {
        self.engine.trip_for(duration, Reason::Operator, None);
    }

    /// Like [`trip_for`](Self::trip_for), and records the operator.
    pub fn trip_for_by(&self, duration: Duration, operator: Operator) {
        self.engine.trip_for(duration, Reason::Operator, Some(operator));
    }

    /// Ends the cooldown now: the next call is a trial call. Does nothing
    /// unless the breaker is Open, or Open under an override.
    pub fn end_cooldown(&self) {
        self.engine.end_cooldown(None);
    }

    /// Like [`end_cooldown`](Self::end_cooldown), and records the operator.
    pub fn end_cooldown_by(&self, operator: Operator) {
        self.engine.end_cooldown(Some(operator));
    }

    /// Closes now, with empty counts. Does not release an override; the back-off
    /// starts again. Totals stay.
    pub fn reset(&self) {
        self.engine.reset(None);
    }

    /// Like [`reset`](Self::reset), and records the operator.
    pub fn reset_by(&self, operator: Operator) {
        self.engine.reset(Some(operator));
    }
}
