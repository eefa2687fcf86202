//! Functions like those of real programs: with an error message, a wait, a key
//! or a subscriber, or without `async`.

use std::{error::Error, fmt, future::poll_fn, hint::black_box, mem, task::Poll, time::Duration};

use fusebox::{CircuitBreaker, Rejected, Subscription, circuit_breaker};

use crate::call::{Trouble, serve_now};

/// The error of a client of an order service.
#[derive(Debug)]
pub(crate) enum OrderError {
    Rejected(Rejected),
    Status {
        code: u16,
        message: String,
        retry_after: Option<Duration>,
    },
}

/// The size that such errors have.
const _: () = assert!(size_of::<Result<u64, OrderError>>() == 48);

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejected) => rejected.fmt(f),
            Self::Status {
                code,
                message,
                retry_after,
            } => {
                write!(f, "status {code}: {message}, retry after {retry_after:?}")
            }
        }
    }
}

impl Error for OrderError {}

impl From<Rejected> for OrderError {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

/// The protected function with a realistic error.
#[inline]
pub(crate) fn order_now(fails: bool) -> Result<u64, OrderError> {
    if black_box(fails) {
        Err(OrderError::Status {
            code: 503,
            message: "the service is down".to_owned(),
            retry_after: None,
        })
    } else {
        Ok(1)
    }
}

#[inline]
pub(crate) async fn order(fails: bool) -> Result<u64, OrderError> {
    order_now(fails)
}

/// The protected function, which waits once.
#[inline]
pub(crate) async fn wait_and_serve(fails: bool) -> Result<u64, Trouble> {
    yield_now().await;
    serve_now(fails)
}

/// Pending at the first poll, ready at the second.
async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[circuit_breaker(name = "realistic", threshold = 5)]
pub(crate) async fn realistic(fails: bool) -> Result<u64, OrderError> {
    order_now(fails)
}

#[circuit_breaker(name = "yielding", threshold = 5)]
pub(crate) async fn yielding(fails: bool) -> Result<u64, Trouble> {
    yield_now().await;
    serve_now(fails)
}

#[circuit_breaker(name = "blocking", threshold = 5)]
pub(crate) fn blocking(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "keyed", key = region, threshold = 5)]
pub(crate) async fn keyed(region: &str, fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "cycle-subscribed", threshold = 1, cooldown = "1ns")]
pub(crate) async fn cycle_subscribed(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

/// A subscriber of a breaker, as cheap as one can be.
pub(crate) fn subscribe(breaker: &CircuitBreaker) -> Subscription {
    breaker.on_event(|event| {
        black_box(event);
    })
}
