//! breaker: consecutive failures, or a failure rate of the last calls.

use breaker::{CircuitBreaker, CircuitBreakerConfig, CircuitBreakerError};

use crate::{
    call::{Load, Polled, Seen, serve},
    scenario::{LAST_CALLS, LONG, SHORT, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    let config = CircuitBreakerConfig::builder()
        .wait_duration(LONG)
        .failure_rate_threshold(0.0);
    match scenario {
        Scenario::Consecutive => closed(through(config.consecutive_failures(5).build())),
        Scenario::Open => opened(through(config.consecutive_failures(5).build())),
        Scenario::ShareOfCalls | Scenario::ShareOfCallsFailing => closed(through(
            config
                .consecutive_failures(1_000_000)
                .failure_rate_threshold(0.5)
                .sliding_window_size(LAST_CALLS)
                .minimum_calls(10)
                .build(),
        )),
        Scenario::Cycle => closed(through(
            config
                .consecutive_failures(1)
                .success_threshold(1)
                .wait_duration(SHORT)
                .build(),
        )),
        Scenario::FailuresInTime | Scenario::ShareOfTime => None,
    }
}

fn through(config: CircuitBreakerConfig) -> impl Load {
    let breaker = CircuitBreaker::new(config);
    Polled(async move |fails| match breaker.call(|| serve(fails)).await {
        Ok(_) => Seen::Answered,
        Err(CircuitBreakerError::Failure(_)) => Seen::Failed,
        Err(_) => Seen::Rejected,
    })
}
