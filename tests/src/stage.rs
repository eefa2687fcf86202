//! A breaker of its own, on a clock that stands still.

use std::time::Duration;

use fusebox::{CircuitBreaker, CircuitBreakerBuilder, Registry, testing::ManualClock};

/// A breaker in a registry of its own, and the clock of both.
pub fn breaker(
    settings: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder,
) -> (CircuitBreaker, ManualClock) {
    let clock = ManualClock::new();
    clock.set(Duration::from_secs(1_000));
    let registry = Registry::builder().clock(clock.clone()).build();
    let breaker = settings(registry.breaker("subject"))
        .build()
        .expect("legal settings");
    (breaker, clock)
}

/// Seconds.
pub const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Milliseconds.
pub const fn millis(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Makes a call that succeeds.
pub fn succeed(breaker: &CircuitBreaker) {
    breaker.try_acquire().expect("admitted").success();
}

/// Makes a call that fails.
pub fn fail(breaker: &CircuitBreaker) {
    breaker.try_acquire().expect("admitted").failure();
}
