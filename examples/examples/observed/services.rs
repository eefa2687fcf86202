//! Three services that fail for 3 of every 10 seconds, and their callers.

use std::{
    io,
    sync::LazyLock,
    time::{Duration, Instant},
};

use fusebox::{CircuitBreaker, circuit_breaker};
use tokio::time;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Calls all services, 50 times a second, for ever.
pub(crate) async fn call_all() {
    let payments = CircuitBreaker::builder("payments");
    let payments = payments.latency(true).cooldown(Duration::from_secs(1)).build();
    let payments = payments.expect("valid settings");
    let mut number = 0_usize;
    loop {
        let _ = orders().await;
        let _ = stock("EU").await;
        let _ = ship(region(number)).await;
        number += 1;
        let _ = payments.call(answer(Duration::from_millis(4))).await;
        time::sleep(Duration::from_millis(20)).await;
    }
}

/// Consecutive failures trip this one, and a kept value answers meanwhile.
#[circuit_breaker(name = "orders", cooldown = "1s", last_good = "5m")]
async fn orders() -> Result<u32, io::Error> {
    answer(Duration::from_millis(1)).await
}

/// A failure rate trips this one, and a function answers meanwhile.
#[circuit_breaker(
    name = "stock",
    threshold = "50%",
    window = "2s",
    slow_call = "300ms",
    slow_threshold = "90%",
    cooldown = "1s",
    fallback = cached_stock
)]
async fn stock(region: &str) -> Result<u32, io::Error> {
    answer(Duration::from_millis(region.len() as u64)).await
}

/// Two regions with most of the calls, and two that share the third place.
fn region(number: usize) -> &'static str {
    match number % 20 {
        0 => "us-1",
        10 => "us-2",
        other if other % 2 == 0 => "eu-1",
        _ => "eu-2",
    }
}

/// One breaker per region, for three of four regions at a time.
#[circuit_breaker(name = "shipping", key = region, max_keys = 3, threshold = 3, cooldown = "1s")]
async fn ship(region: &str) -> Result<u32, io::Error> {
    answer(Duration::from_millis(region.len() as u64)).await
}

async fn cached_stock(_region: &str) -> Result<u32, io::Error> {
    Ok(1)
}

/// Fails in the last 3 of every 10 seconds.
async fn answer(after: Duration) -> Result<u32, io::Error> {
    time::sleep(after).await;
    if START.elapsed().as_secs() % 10 < 7 {
        Ok(7)
    } else {
        Err(io::ErrorKind::ConnectionRefused.into())
    }
}
