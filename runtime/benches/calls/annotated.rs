//! Through the attribute.

use std::{fmt::Debug, future::Future, hint::black_box};

use criterion::Criterion;
use fusebox::{Registry, Rejected, circuit_breaker};

use super::{every, poll_once};

/// What is wrong with the service.
#[derive(Debug)]
pub(crate) enum Trouble {
    Down,
    Rejected,
}

impl From<Rejected> for Trouble {
    fn from(_: Rejected) -> Self {
        Self::Rejected
    }
}

pub(crate) fn serve_now(fails: bool) -> Result<u64, Trouble> {
    if black_box(fails) {
        Err(Trouble::Down)
    } else {
        Ok(1)
    }
}

#[circuit_breaker(name = "consecutive", threshold = 5)]
async fn consecutive(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "open", cooldown = "1h")]
async fn open(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "failures-in-time", threshold = 5, window = "10s")]
async fn failures_in_time(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "share-of-time", threshold = "50%", window = "10s")]
async fn share_of_time(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "share-of-calls", threshold = "50%", window = 100)]
async fn share_of_calls(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "share-of-calls-failing", threshold = "50%", window = 100)]
async fn share_of_calls_failing(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "cycle", threshold = 1, cooldown = "1ns")]
async fn cycle(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

pub(crate) fn through_the_attribute(criterion: &mut Criterion) {
    fn measure<F>(criterion: &mut Criterion, name: &str, call: fn(bool) -> F, mut fails: impl FnMut() -> bool)
    where
        F: Future<Output: Debug>,
    {
        criterion.bench_function(&format!("attribute/{name}"), |bencher| {
            bencher.iter(|| black_box(poll_once(call(fails()))));
        });
    }
    Registry::global().declare_all().expect("the names are different");
    Registry::global().get("open").expect("it was declared").trip();
    measure(criterion, "consecutive", consecutive, || false);
    measure(criterion, "open", open, || false);
    measure(criterion, "failures-in-time", failures_in_time, || false);
    measure(criterion, "share-of-time", share_of_time, || false);
    measure(criterion, "share-of-calls", share_of_calls, || false);
    measure(
        criterion,
        "share-of-calls-failing",
        share_of_calls_failing,
        every(10),
    );
    measure(criterion, "cycle, half of it", cycle, every(2));
}
