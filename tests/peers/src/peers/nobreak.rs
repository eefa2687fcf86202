//! nobreak: consecutive failures, a mutex taken twice.

use std::error::Error;

use nobreak::{CircuitBreaker, CircuitError, builder};

use crate::{
    call::{Direct, Load, Polled, PolledTwice, Seen, serve, serve_now},
    realistic::{order, wait_and_serve},
    scenario::{LONG, SHORT, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Consecutive => closed(through(five(), serve)),
        Scenario::Realistic => closed(through(five(), order)),
        Scenario::Yielding => closed(through_waiting(five(), wait_and_serve)),
        Scenario::Blocking => {
            let breaker = five();
            closed(Direct(move |fails| seen(&breaker.call(|| serve_now(fails)))))
        }
        Scenario::Open => opened(through(builder().with_open_duration(LONG).build(), serve)),
        Scenario::Cycle => closed(through(
            builder()
                .with_failure_threshold(1)
                .with_success_threshold(1)
                .with_open_duration(SHORT)
                .build(),
            serve,
        )),
        _ => None,
    }
}

fn five() -> CircuitBreaker {
    builder().with_failure_threshold(5).build()
}

fn through<F, E>(breaker: CircuitBreaker, call: impl Fn(bool) -> F + Send + Sync) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
    E: Error + Send + Sync + 'static,
{
    Polled(async move |fails| seen(&breaker.call_async(|| call(fails)).await))
}

fn through_waiting<F, E>(breaker: CircuitBreaker, call: impl Fn(bool) -> F + Send + Sync) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
    E: Error + Send + Sync + 'static,
{
    PolledTwice(async move |fails| seen(&breaker.call_async(|| call(fails)).await))
}

fn seen<E: Error + 'static>(result: &Result<u64, CircuitError<E>>) -> Seen {
    match result {
        Ok(_) => Seen::Answered,
        Err(CircuitError::Failed { .. }) => Seen::Failed,
        Err(CircuitError::Open) => Seen::Rejected,
    }
}
