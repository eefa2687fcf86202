//! seatbelt: a failure rate over a sampling time.

use std::task::Waker;

use layered::{Execute, Service, Stack};
use seatbelt::{RecoveryInfo, ResilienceContext, breaker::Breaker};
use tick::runtime::InactiveClock;

use crate::{
    call::{Load, Polled, Seen, Trouble, serve},
    scenario::{LONG, Scenario, TEN_SECONDS, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::RateOfTime => closed(through()),
        Scenario::Open => opened(through()),
        _ => None,
    }
}

fn through() -> impl Load {
    // Its clock reads the time without its driver, which only sleepers need.
    let clock = InactiveClock::default().activate(Waker::noop().clone()).0;
    let context = ResilienceContext::new(&clock);
    let layers = (
        Breaker::layer("peer", &context)
            .recovery_with(|result: &Result<u64, Trouble>, _| match result {
                Ok(_) => RecoveryInfo::never(),
                Err(_) => RecoveryInfo::retry(),
            })
            .rejected_input_error(|_: bool, _| Trouble::Rejected)
            .failure_threshold(0.5)
            .min_throughput(10)
            .sampling_duration(TEN_SECONDS)
            .break_duration(LONG),
        Execute::new(serve),
    );
    let service = layers.into_service();
    Polled(async move |fails| Seen::from(service.execute(fails).await))
}
