//! Retries that wait until the breaker admits calls again: backon.
//!
//! `cargo run -p fusebox-integrations --bin retry`

mod orders;

use std::{
    error::Error,
    io,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use fusebox::CircuitBreaker;

use orders::order_with_retries;

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
