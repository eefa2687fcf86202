//! A breaker on a clock that the test moves.

use std::time::Duration;

use fusebox::{
    CircuitBreaker, CircuitBreakerBuilder, OwnedPermit, Registry, Threshold, Window, testing::ManualClock,
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// The default cooldown of these tests.
pub(crate) const COOLDOWN: Duration = Duration::from_secs(10);

/// A breaker, its clock and its registry.
pub(crate) struct Bench {
    pub(crate) clock: ManualClock,
    pub(crate) registry: Registry,
    pub(crate) breaker: CircuitBreaker,
}

/// Trips at 3 failures in a row, cools down for 10 s, and what `change` makes of that.
pub(crate) fn bench(change: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder) -> Bench {
    let clock = ManualClock::new();
    clock.advance(Duration::from_secs(1000));
    let registry = Registry::builder().clock(clock.clone()).build();
    let builder = registry
        .breaker("bench")
        .threshold(Threshold::failures(3))
        .cooldown(COOLDOWN);
    let breaker = change(builder).build().expect("the settings are legal");
    Bench {
        clock,
        registry,
        breaker,
    }
}

/// With a window, if there is one.
pub(crate) fn with_window(builder: CircuitBreakerBuilder, window: Option<Window>) -> CircuitBreakerBuilder {
    match window {
        Some(window) => builder.window(window),
        None => builder,
    }
}

impl Bench {
    pub(crate) fn succeed(&self, times: usize) {
        for _ in 0..times {
            self.permit().success();
        }
    }

    pub(crate) fn fail(&self, times: usize) {
        for _ in 0..times {
            self.permit().failure();
        }
    }

    pub(crate) fn permit(&self) -> OwnedPermit {
        self.breaker.try_acquire_owned().expect("the call is admitted")
    }

    pub(crate) fn is_rejected(&self) -> bool {
        // A permit that is dropped at once would be a cancelled call, so only ask when it is refused.
        self.breaker.try_acquire().is_err()
    }

    /// Trips it and waits until trial calls are let through.
    pub(crate) fn trip_and_cool_down(&self) {
        self.breaker.trip();
        self.clock.advance(COOLDOWN);
    }
}
