//! Retries that wait until the breaker admits calls again: backon.
//!
//! `cargo run -p fusebox-integrations --bin retry`

use std::{
    error::Error,
    io,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use backon::{ExponentialBuilder, Retryable};
use fusebox::{CircuitBreaker, Rejected, circuit_breaker};

/// Each attempt is a call of its own.
///
/// So the retry is outside of the annotated function.
async fn order_with_retries(id: u32) -> io::Result<String> {
    (|| order(id))
        .retry(
            ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(50))
                .with_jitter()
                .with_max_times(4),
        )
        .adjust(|error, delay| {
            let wait = Rejected::find(error).and_then(Rejected::retry_after);
            // A `delay` of `None` means that no retries are left.
            delay.map(|delay| wait.unwrap_or(delay))
        })
        .notify(|error, wait| println!("  {error}: again in {wait:.0?}"))
        .await
}

#[circuit_breaker(name = "orders", threshold = 3, cooldown = "1s")]
async fn order(id: u32) -> io::Result<String> {
    request(id).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("The first three requests fail. The breaker opens for 1 s.");
    let start = Instant::now();
    let order = order_with_retries(7).await?;
    println!("  {order}, after {:.1?}", start.elapsed());

    let totals = CircuitBreaker::builder("orders").build()?.snapshot().totals;
    assert_eq!((totals.failures, totals.rejected, totals.successes), (3, 1, 1));
    assert_eq!(
        REQUESTS.load(Relaxed),
        4,
        "one rejection, and then the call that succeeds"
    );
    assert!(start.elapsed() >= Duration::from_secs(1));
    println!("Five attempts: 3 failed, 1 was rejected, 1 succeeded. The service saw 4 requests.");
    Ok(())
}

static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// Stands for a request to a service that restarts.
async fn request(id: u32) -> io::Result<String> {
    match REQUESTS.fetch_add(1, Relaxed) {
        0..3 => Err(io::Error::new(io::ErrorKind::ConnectionReset, "connection reset")),
        _ => Ok(format!("order {id}")),
    }
}
