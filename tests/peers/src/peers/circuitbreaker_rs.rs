//! circuitbreaker-rs: consecutive failures, or a failure rate without a window.
//! The rate is that of all calls since it was last closed.

use circuitbreaker_rs::{BreakerBuilder, BreakerError, CircuitBreaker, DefaultPolicy};

use crate::{
    call::{Direct, Load, Polled, PolledTwice, Seen, Trouble, serve, serve_now},
    realistic::wait_and_serve,
    scenario::{LONG, SHORT, Scenario, closed, opened},
};

type Breaker = CircuitBreaker<DefaultPolicy, Trouble>;

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    // A rate above 1, so that only consecutive failures trip it.
    let builder = Breaker::builder().failure_threshold(2.0).cooldown(LONG);
    match scenario {
        Scenario::Consecutive => closed(through(builder.consecutive_failures(5))),
        Scenario::Yielding => closed(waiting(builder.consecutive_failures(5))),
        Scenario::Blocking => {
            let breaker = builder.consecutive_failures(5).build();
            closed(Direct(move |fails| seen(&breaker.call(|| serve_now(fails)))))
        }
        Scenario::Open => opened(through(builder.consecutive_failures(5))),
        Scenario::Cycle => closed(through(
            builder
                .consecutive_failures(1)
                .consecutive_successes(1)
                .probe_interval(1)
                .cooldown(SHORT),
        )),
        _ => None,
    }
}

fn through(builder: BreakerBuilder<DefaultPolicy, Trouble>) -> impl Load {
    let breaker = builder.build();
    Polled(async move |fails| seen(&breaker.call_async(|| serve(fails)).await))
}

fn waiting(builder: BreakerBuilder<DefaultPolicy, Trouble>) -> impl Load {
    let breaker = builder.build();
    PolledTwice(async move |fails| seen(&breaker.call_async(|| wait_and_serve(fails)).await))
}

fn seen(result: &Result<u64, BreakerError<Trouble>>) -> Seen {
    match result {
        Ok(_) => Seen::Answered,
        Err(BreakerError::Operation(_)) => Seen::Failed,
        Err(_) => Seen::Rejected,
    }
}
