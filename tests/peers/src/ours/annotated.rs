//! Through the attribute.

use fusebox::{CircuitBreaker, Registry, circuit_breaker};

use crate::{
    call::{Load, Polled, Seen, Trouble, serve_now},
    scenario::{Scenario, closed},
};

#[circuit_breaker(name = "consecutive", threshold = 5)]
async fn consecutive(fails: bool) -> Result<u64, Trouble> {
    serve_now(fails)
}

#[circuit_breaker(name = "open", threshold = 5, cooldown = "1h")]
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

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    // A static lives as long as the process: start it afresh.
    breaker(scenario).reset();
    match scenario {
        Scenario::Consecutive => closed(Polled(async |fails| Seen::from(consecutive(fails).await))),
        Scenario::Open => {
            breaker(scenario).trip();
            closed(Polled(async |fails| Seen::from(open(fails).await)))
        }
        Scenario::FailuresInTime => closed(Polled(async |fails| Seen::from(failures_in_time(fails).await))),
        Scenario::ShareOfTime => closed(Polled(async |fails| Seen::from(share_of_time(fails).await))),
        Scenario::ShareOfCalls => closed(Polled(async |fails| Seen::from(share_of_calls(fails).await))),
        Scenario::ShareOfCallsFailing => closed(Polled(async |fails| {
            Seen::from(share_of_calls_failing(fails).await)
        })),
        Scenario::Cycle => closed(Polled(async |fails| Seen::from(cycle(fails).await))),
    }
}

fn breaker(scenario: Scenario) -> CircuitBreaker {
    let registry = Registry::global();
    registry.declare_all().expect("the names are different");
    registry.get(scenario.name()).expect("it was declared")
}
