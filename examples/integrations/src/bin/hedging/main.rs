//! A second replica answers if the first one is slow: hedged requests.
//!
//! `cargo run -p fusebox-integrations --bin hedging`

mod prices;

use std::{
    error::Error,
    io,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use fusebox::CircuitBreaker;
use tokio::time::sleep;

use prices::price;

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
