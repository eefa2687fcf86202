//! Waiting for a permit and for Closed, under paused time.

mod closed;
mod crowd;
mod ready;

use std::time::Duration;

use fusebox::{CircuitBreaker, CircuitBreakerBuilder, Registry, Threshold};

const COOLDOWN: Duration = Duration::from_secs(10);

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
