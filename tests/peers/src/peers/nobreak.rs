//! nobreak: consecutive failures, a mutex taken twice.

use nobreak::{CircuitBreaker, CircuitError, builder};

use crate::{
    call::{Load, Polled, Seen, serve},
    scenario::{LONG, SHORT, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Consecutive => closed(through(builder().with_failure_threshold(5).build())),
        Scenario::Open => opened(through(builder().with_open_duration(LONG).build())),
        Scenario::Cycle => closed(through(
            builder()
                .with_failure_threshold(1)
                .with_success_threshold(1)
                .with_open_duration(SHORT)
                .build(),
        )),
        _ => None,
    }
}

fn through(breaker: CircuitBreaker) -> impl Load {
    Polled(
        async move |fails| match breaker.call_async(|| serve(fails)).await {
            Ok(_) => Seen::Answered,
            Err(CircuitError::Failed { .. }) => Seen::Failed,
            Err(CircuitError::Open) => Seen::Rejected,
        },
    )
}
