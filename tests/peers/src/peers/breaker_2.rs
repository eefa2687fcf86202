//! breaker: consecutive failures, or a failure rate of the last calls.

use breaker::{CircuitBreaker, CircuitBreakerConfig, CircuitBreakerError};

use crate::{
    call::{Load, Polled, PolledTwice, Seen, serve},
    realistic::{order, wait_and_serve},
    scenario::{LAST_CALLS, LONG, SHORT, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    let config = CircuitBreakerConfig::builder()
        .wait_duration(LONG)
        .failure_rate_threshold(0.0);
    match scenario {
        Scenario::Consecutive => closed(through(config.consecutive_failures(5).build(), serve)),
        Scenario::Realistic => closed(through(config.consecutive_failures(5).build(), order)),
        Scenario::Yielding => closed(through_waiting(
            config.consecutive_failures(5).build(),
            wait_and_serve,
        )),
        Scenario::Open => opened(through(config.consecutive_failures(5).build(), serve)),
        Scenario::RateOfCalls | Scenario::RateOfCallsFailing => closed(through(
            config
                .consecutive_failures(1_000_000)
                .failure_rate_threshold(0.5)
                .sliding_window_size(LAST_CALLS)
                .minimum_calls(10)
                .build(),
            serve,
        )),
        Scenario::Cycle => closed(through(
            config
                .consecutive_failures(1)
                .success_threshold(1)
                .wait_duration(SHORT)
                .build(),
            serve,
        )),
        Scenario::FailuresInTime
        | Scenario::RateOfTime
        | Scenario::Blocking
        | Scenario::Keyed
        | Scenario::CycleSubscribed => None,
    }
}

fn through<F, E>(config: CircuitBreakerConfig, call: impl Fn(bool) -> F + Send + Sync) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
    E: 'static,
{
    let breaker = CircuitBreaker::new(config);
    Polled(async move |fails| match breaker.call(|| call(fails)).await {
        Ok(_) => Seen::Answered,
        Err(CircuitBreakerError::Failure(_)) => Seen::Failed,
        Err(_) => Seen::Rejected,
    })
}

fn through_waiting<F, E>(config: CircuitBreakerConfig, call: impl Fn(bool) -> F + Send + Sync) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
    E: 'static,
{
    let breaker = CircuitBreaker::new(config);
    PolledTwice(async move |fails| match breaker.call(|| call(fails)).await {
        Ok(_) => Seen::Answered,
        Err(CircuitBreakerError::Failure(_)) => Seen::Failed,
        Err(_) => Seen::Rejected,
    })
}
