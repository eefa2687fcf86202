//! failsafe: consecutive failures, or a moving average over a time.
//! The average stands for both time scenarios.

use failsafe::{Config, Error, FailurePolicy, backoff, failure_policy, futures};

use crate::{
    call::{Direct, Load, Polled, PolledTwice, Seen, serve, serve_now},
    realistic::{order, wait_and_serve},
    scenario::{LONG, SHORT, Scenario, TEN_SECONDS, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    let long = backoff::constant(LONG);
    match scenario {
        Scenario::Consecutive => closed(through(failure_policy::consecutive_failures(5, long), serve)),
        Scenario::Realistic => closed(through(failure_policy::consecutive_failures(5, long), order)),
        Scenario::Yielding => closed(through_waiting(
            failure_policy::consecutive_failures(5, long),
            wait_and_serve,
        )),
        Scenario::Blocking => closed(blocking(failure_policy::consecutive_failures(5, long))),
        Scenario::Open => opened(through(failure_policy::consecutive_failures(5, long), serve)),
        Scenario::FailuresInTime | Scenario::RateOfTime => closed(through(
            failure_policy::success_rate_over_time_window(0.5, 10, TEN_SECONDS, long),
            serve,
        )),
        Scenario::Cycle => closed(through(
            failure_policy::consecutive_failures(1, backoff::constant(SHORT)),
            serve,
        )),
        Scenario::Keyed
        | Scenario::CycleSubscribed
        | Scenario::RateOfCalls
        | Scenario::RateOfCallsFailing => None,
    }
}

fn through<F, E>(
    policy: impl FailurePolicy + Send + Sync + 'static,
    call: impl Fn(bool) -> F + Send + Sync,
) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
{
    let breaker = Config::new().failure_policy(policy).build();
    Polled(async move |fails| seen(&futures::CircuitBreaker::call(&breaker, call(fails)).await))
}

fn through_waiting<F, E>(
    policy: impl FailurePolicy + Send + Sync + 'static,
    call: impl Fn(bool) -> F + Send + Sync,
) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
{
    let breaker = Config::new().failure_policy(policy).build();
    PolledTwice(async move |fails| seen(&futures::CircuitBreaker::call(&breaker, call(fails)).await))
}

fn blocking(policy: impl FailurePolicy + Send + Sync + 'static) -> impl Load {
    let breaker = Config::new().failure_policy(policy).build();
    Direct(move |fails| seen(&failsafe::CircuitBreaker::call(&breaker, || serve_now(fails))))
}

fn seen<E>(result: &Result<u64, Error<E>>) -> Seen {
    match result {
        Ok(_) => Seen::Answered,
        Err(Error::Inner(_)) => Seen::Failed,
        Err(Error::Rejected) => Seen::Rejected,
    }
}
