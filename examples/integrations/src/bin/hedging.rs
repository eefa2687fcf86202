//! A second replica answers if the first one is slow: hedged requests.
//!
//! `cargo run -p fusebox-integrations --bin hedging`

use std::{
    error::Error,
    io,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use fusebox::{CircuitBreaker, circuit_breaker};
use futures_util::{FutureExt, future::select_ok};
use tokio::time::sleep;

/// A little more than what nearly all requests take.
const HEDGE_AFTER: Duration = Duration::from_millis(50);

/// Both requests are one call, with one outcome.
///
/// While the breaker is open, none is sent.
#[circuit_breaker(name = "prices", threshold = 5, timeout = "2s")]
async fn price(article: u32) -> io::Result<u32> {
    let first = request(1, article);
    let second = async {
        sleep(HEDGE_AFTER).await;
        request(2, article).await
    };
    // The first success wins and drops the other request. An error wins only if both fail.
    let (price, _) = select_ok([first.boxed(), second.boxed()]).await?;
    Ok(price)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let prices = CircuitBreaker::builder("prices").build()?;

    println!("The first replica is slow for every tenth article.");
    let mut slowest = Duration::ZERO;
    for article in 1..=50 {
        let start = Instant::now();
        assert_eq!(price(article).await?, article * 100);
        slowest = slowest.max(start.elapsed());
    }
    let requests = REQUESTS.load(Relaxed);
    println!(
        "  50 calls, {requests} requests. The slowest call took {slowest:.0?}, without hedging {SLOW:?}."
    );
    assert!(requests <= 60 && slowest < SLOW);
    assert_eq!(prices.snapshot().totals.successes, 50, "one outcome per call");

    println!("Both replicas fail.");
    IS_HEALTHY.store(false, Relaxed);
    for article in 1..=20 {
        assert!(price(article).await.is_err());
    }
    let requests = REQUESTS.load(Relaxed) - requests;
    println!(
        "  20 calls, {requests} requests: {}.",
        prices.explain().to_string().lines().next().unwrap_or_default()
    );
    assert_eq!(
        requests, 10,
        "five calls with two requests each, then the breaker is open"
    );
    Ok(())
}

/// How long a slow request takes.
const SLOW: Duration = Duration::from_secs(1);

static IS_HEALTHY: AtomicBool = AtomicBool::new(true);
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// Stands for a request to one of two replicas.
async fn request(replica: u32, article: u32) -> io::Result<u32> {
    REQUESTS.fetch_add(1, Relaxed);
    let is_slow = replica == 1 && article.is_multiple_of(10);
    sleep(if is_slow { SLOW } else { Duration::from_millis(5) }).await;
    if IS_HEALTHY.load(Relaxed) {
        Ok(article * 100)
    } else {
        Err(io::ErrorKind::ConnectionRefused.into())
    }
}
