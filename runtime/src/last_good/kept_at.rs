//! The moment at which a value was kept, by two clocks.

use std::{
    cmp,
    time::{Duration, SystemTime},
};

use crate::{breaker::CircuitBreaker, clock::Timestamp};

/// A reading of the monotonic clock and of the wall clock.
///
/// | | suspended machine | corrected time |
/// |---|---|---|
/// | monotonic clock | stands still | not affected |
/// | wall clock | goes on | jumps |
///
/// Neither alone gives the age of a value, so the larger of both ages counts. A value may look too
/// old that way, but never too fresh.
#[derive(Clone, Copy)]
pub(super) struct KeptAt {
    monotonic: Timestamp,
    wall: SystemTime,
}

impl KeptAt {
    /// Reads both clocks of this breaker.
    pub(super) fn now(breaker: &CircuitBreaker) -> Self {
        let engine = breaker.engine();
        Self {
            monotonic: engine.now(),
            wall: engine.wall_clock(),
        }
    }

    /// Returns the time since `earlier`.
    pub(super) fn since(self, earlier: Self) -> Duration {
        // An error means that the wall clock was set back.
        let by_wall_clock = self.wall.duration_since(earlier.wall).unwrap_or_default();
        cmp::max(self.monotonic.since(earlier.monotonic), by_wall_clock)
    }
}
