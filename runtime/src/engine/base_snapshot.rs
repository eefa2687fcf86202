//! The base state of a breaker, even under an override.

use std::time::Duration;

use crate::{
    engine::Engine,
    state::{BaseState, Override},
};

/// The base state of a breaker at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "fleet"), allow(dead_code, reason = "read by a fleet"))]
pub(crate) struct BaseSnapshot {
    /// As stored: Open until a call is admitted, even after the cooldown.
    pub(crate) state: BaseState,
    /// What is left of the cooldown; zero unless the state is Open.
    pub(crate) remaining: Duration,
    /// Trial calls in flight and trial calls that succeeded.
    pub(crate) trials: u32,
    pub(crate) is_forced: bool,
    /// The number of rejected calls since the breaker was built.
    pub(crate) rejected: u64,
}

#[cfg_attr(not(feature = "fleet"), allow(dead_code, reason = "read by a fleet"))]
impl Engine {
    /// Reads the base state. Changes nothing.
    pub(crate) fn base_snapshot(&self) -> BaseSnapshot {
        let now = self.clock.now();
        let snapshot = self.effective(self.state.snapshot(), now);
        let state = snapshot.state;
        // Under an override, no trial call runs: the counts are those of the shadow window.
        let has_trials = state.base() == BaseState::HalfOpen && state.overridden() == Override::None;
        BaseSnapshot {
            state: state.base(),
            remaining: match state.base() {
                BaseState::Open => snapshot.deadline.since(now),
                BaseState::Closed | BaseState::HalfOpen => Duration::ZERO,
            },
            trials: if has_trials {
                state.in_flight() + state.completed()
            } else {
                0
            },
            is_forced: state.overridden() != Override::None,
            rejected: self.totals.totals().rejected,
        }
    }
}
