//! recloser: a failure rate of the last calls.
//! All of the last 5 is the same as 5 consecutive failures.

use recloser::{AsyncRecloser, Error, Recloser};

use crate::{
    call::{Load, Polled, Seen, serve},
    scenario::{LAST_CALLS, LONG, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    let builder = Recloser::custom().open_wait(LONG);
    match scenario {
        Scenario::Consecutive => closed(through(builder.error_rate(1.0).closed_len(5).build())),
        Scenario::Open => opened(through(builder.error_rate(1.0).closed_len(5).build())),
        Scenario::ShareOfCalls | Scenario::ShareOfCallsFailing => closed(through(
            builder.error_rate(0.5).closed_len(LAST_CALLS as usize).build(),
        )),
        // It judges a window only once it has been full, so no single failure trips it.
        Scenario::Cycle | Scenario::FailuresInTime | Scenario::ShareOfTime => None,
    }
}

fn through(recloser: Recloser) -> impl Load {
    let breaker = AsyncRecloser::from(recloser);
    Polled(async move |fails| match breaker.call(serve(fails)).await {
        Ok(_) => Seen::Answered,
        Err(Error::Inner(_)) => Seen::Failed,
        Err(Error::Rejected) => Seen::Rejected,
    })
}
