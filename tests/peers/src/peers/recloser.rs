//! recloser: a failure rate of the last calls.
//! All of the last 5 is the same as 5 consecutive failures.

use recloser::{AsyncRecloser, Error, Recloser};

use crate::{
    call::{Direct, Load, Polled, PolledTwice, Seen, serve, serve_now},
    realistic::{order, wait_and_serve},
    scenario::{LAST_CALLS, LONG, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    let builder = Recloser::custom().open_wait(LONG);
    match scenario {
        Scenario::Consecutive => closed(through(builder.error_rate(1.0).closed_len(5).build(), serve)),
        Scenario::Realistic => closed(through(builder.error_rate(1.0).closed_len(5).build(), order)),
        Scenario::Yielding => closed(through_waiting(
            builder.error_rate(1.0).closed_len(5).build(),
            wait_and_serve,
        )),
        Scenario::Blocking => {
            let breaker = builder.error_rate(1.0).closed_len(5).build();
            closed(Direct(move |fails| seen(&breaker.call(|| serve_now(fails)))))
        }
        Scenario::Open => opened(through(builder.error_rate(1.0).closed_len(5).build(), serve)),
        Scenario::RateOfCalls | Scenario::RateOfCallsFailing => closed(through(
            builder.error_rate(0.5).closed_len(LAST_CALLS as usize).build(),
            serve,
        )),
        // It judges a window only after the window has been full, so no single failure trips it.
        Scenario::Cycle
        | Scenario::CycleSubscribed
        | Scenario::FailuresInTime
        | Scenario::RateOfTime
        | Scenario::Keyed => None,
    }
}

fn through<F, E>(recloser: Recloser, call: impl Fn(bool) -> F + Send + Sync) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
{
    let breaker = AsyncRecloser::from(recloser);
    Polled(async move |fails| seen(&breaker.call(call(fails)).await))
}

fn through_waiting<F, E>(recloser: Recloser, call: impl Fn(bool) -> F + Send + Sync) -> impl Load
where
    F: Future<Output = Result<u64, E>>,
{
    let breaker = AsyncRecloser::from(recloser);
    PolledTwice(async move |fails| seen(&breaker.call(call(fails)).await))
}

fn seen<E>(result: &Result<u64, Error<E>>) -> Seen {
    match result {
        Ok(_) => Seen::Answered,
        Err(Error::Inner(_)) => Seen::Failed,
        Err(Error::Rejected) => Seen::Rejected,
    }
}
