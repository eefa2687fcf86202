//! failsafe: consecutive failures, or a moving average over a time.
//! The average stands for both time scenarios.

use failsafe::{Config, Error, FailurePolicy, backoff, failure_policy, futures::CircuitBreaker};

use crate::{
    call::{Load, Polled, Seen, serve},
    scenario::{LONG, SHORT, Scenario, TEN_SECONDS, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    let long = backoff::constant(LONG);
    match scenario {
        Scenario::Consecutive => closed(through(failure_policy::consecutive_failures(5, long))),
        Scenario::Open => opened(through(failure_policy::consecutive_failures(5, long))),
        Scenario::FailuresInTime | Scenario::ShareOfTime => closed(through(
            failure_policy::success_rate_over_time_window(0.5, 10, TEN_SECONDS, long),
        )),
        Scenario::Cycle => closed(through(failure_policy::consecutive_failures(
            1,
            backoff::constant(SHORT),
        ))),
        Scenario::ShareOfCalls | Scenario::ShareOfCallsFailing => None,
    }
}

fn through(policy: impl FailurePolicy + Send + Sync + 'static) -> impl Load {
    let breaker = Config::new().failure_policy(policy).build();
    Polled(async move |fails| match breaker.call(serve(fails)).await {
        Ok(_) => Seen::Answered,
        Err(Error::Inner(_)) => Seen::Failed,
        Err(Error::Rejected) => Seen::Rejected,
    })
}
