//! Waiting for a permit and for Closed, under paused time.

mod closed;
mod crowd;
mod ready;
mod wakers;

use fusebox::{CircuitBreaker, CircuitBreakerBuilder, Registry, Threshold};
use fusebox_tests::stage::COOLDOWN;

/// Trips at the first failure, on tokio's clock.
fn breaker(change: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder) -> CircuitBreaker {
    let builder = Registry::new()
        .breaker("waiting")
        .threshold(Threshold::failures(1))
        .cooldown(COOLDOWN);
    change(builder).build().expect("legal")
}

/// Lets every task run that can.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}
