//! Through the attribute.

use fusebox::{CircuitBreaker, Registry};

use crate::{
    call::{Direct, Load, Polled, PolledTwice, Seen},
    keys,
    realistic::{blocking, cycle_subscribed, keyed, realistic, subscribe, yielding},
    scenario::{Scenario, closed},
    service::{
        consecutive, cycle, failures_in_time, open, rate_of_calls, rate_of_calls_failing, rate_of_time,
    },
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    // A static lives as long as the process, so each load resets its breaker.
    if scenario != Scenario::Keyed {
        breaker(scenario).reset();
    }
    match scenario {
        Scenario::Realistic => closed(Polled(async |fails| Seen::from(realistic(fails).await))),
        Scenario::Yielding => closed(PolledTwice(async |fails| Seen::from(yielding(fails).await))),
        Scenario::Blocking => closed(Direct(|fails| Seen::from(blocking(fails)))),
        Scenario::Keyed => {
            let key = keys::next();
            closed(Polled(async move |fails| Seen::from(keyed(key(), fails).await)))
        }
        Scenario::Consecutive => closed(Polled(async |fails| Seen::from(consecutive(fails).await))),
        Scenario::Open => {
            breaker(scenario).trip();
            closed(Polled(async |fails| Seen::from(open(fails).await)))
        }
        Scenario::FailuresInTime => closed(Polled(async |fails| Seen::from(failures_in_time(fails).await))),
        Scenario::RateOfTime => closed(Polled(async |fails| Seen::from(rate_of_time(fails).await))),
        Scenario::RateOfCalls => closed(Polled(async |fails| Seen::from(rate_of_calls(fails).await))),
        Scenario::RateOfCallsFailing => closed(Polled(async |fails| {
            Seen::from(rate_of_calls_failing(fails).await)
        })),
        Scenario::Cycle => closed(Polled(async |fails| Seen::from(cycle(fails).await))),
        Scenario::CycleSubscribed => {
            let subscription = subscribe(&breaker(scenario));
            closed(Polled(async move |fails| {
                let _attached = &subscription;
                Seen::from(cycle_subscribed(fails).await)
            }))
        }
    }
}

fn breaker(scenario: Scenario) -> CircuitBreaker {
    let registry = Registry::global();
    registry.declare_all().expect("the names are different");
    registry.get(scenario.name()).expect("it was declared")
}
