//! The function that all benches protect, annotated once per scenario.
//!
//! The benches and the comparison with other crates (`tests/peers`) both measure these functions.

use std::{convert::Infallible, error::Error, fmt, hint::black_box};

use fusebox::{Rejected, circuit_breaker};

/// The error of the service, or of its breaker.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    Down,
    Rejected,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service is down")
    }
}

impl Error for Trouble {}

impl From<Rejected> for Trouble {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

impl From<Infallible> for Trouble {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The protected function: the shortest one that the compiler cannot evaluate.
#[inline]
pub(crate) fn serve_now(fails: bool) -> Result<u64, Trouble> {
    if black_box(fails) {
        Err(Trouble::Down)
    } else {
        Ok(1)
    }
}

/// [`serve_now`] as a future that is ready when it is first polled.
#[inline]
pub(crate) async fn serve(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "consecutive", threshold = 5)]
pub(crate) async fn consecutive(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "open", cooldown = "1h")]
pub(crate) async fn open(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "failures-in-time", threshold = 5, window = "10s")]
pub(crate) async fn failures_in_time(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "rate-of-time", threshold = "50%", window = "10s")]
pub(crate) async fn rate_of_time(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "rate-of-calls", threshold = "50%", window = 100)]
pub(crate) async fn rate_of_calls(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "rate-of-calls-failing", threshold = "50%", window = 100)]
pub(crate) async fn rate_of_calls_failing(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "cycle", threshold = 1, cooldown = "1ns")]
pub(crate) async fn cycle(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}
