//! Without the attribute: a future in `call`, a permit around a plain function.

use fusebox::{CallError, CircuitBreaker, Registry, Threshold, Window};

use crate::{
    call::{Direct, Load, Polled, PolledTwice, Seen, Trouble, serve, serve_now},
    keys,
    realistic::{order, subscribe, wait_and_serve},
    scenario::{LAST_CALLS, LONG, SHORT, Scenario, TEN_SECONDS, closed},
};

pub(super) fn call(scenario: Scenario) -> Option<Box<dyn Load>> {
    let breaker = breaker(scenario);
    match scenario {
        Scenario::Realistic => closed(Polled(async move |fails| seen(&breaker.call(order(fails)).await))),
        Scenario::Yielding => closed(PolledTwice(async move |fails| {
            seen(&breaker.call(wait_and_serve(fails)).await)
        })),
        Scenario::Blocking => closed(Direct(move |fails| {
            seen(&breaker.call_blocking(|| serve_now(fails)))
        })),
        Scenario::Keyed => {
            let breakers = Registry::new().keyed("by-hand").threshold(Threshold::failures(5));
            let breakers = breakers.build().expect("the settings are legal");
            let key = keys::next();
            closed(Polled(async move |fails| {
                seen(&breakers.get(key()).call(serve(fails)).await)
            }))
        }
        Scenario::CycleSubscribed => {
            let subscription = subscribe(&breaker);
            closed(Polled(async move |fails| {
                let _attached = &subscription;
                seen(&breaker.call(serve(fails)).await)
            }))
        }
        _ => closed(Polled(async move |fails| seen(&breaker.call(serve(fails)).await))),
    }
}

fn seen<E>(result: &Result<u64, CallError<E>>) -> Seen {
    match result {
        Ok(_) => Seen::Answered,
        Err(CallError::Inner(_)) => Seen::Failed,
        Err(_) => Seen::Rejected,
    }
}

pub(super) fn permit(scenario: Scenario) -> Option<Box<dyn Load>> {
    if matches!(
        scenario,
        Scenario::Realistic | Scenario::Yielding | Scenario::Blocking | Scenario::Keyed
    ) {
        // A permit depends neither on the type of the error nor on the body.
        return None;
    }
    let breaker = breaker(scenario);
    let subscription = (scenario == Scenario::CycleSubscribed).then(|| subscribe(&breaker));
    closed(Direct(move |fails| {
        let _attached = &subscription;
        let Ok(permit) = breaker.try_acquire() else {
            return Seen::Rejected;
        };
        let result: Result<u64, Trouble> = serve_now(fails);
        if result.is_ok() {
            permit.success();
        } else {
            permit.failure();
        }
        Seen::from(result)
    }))
}

/// Makes a breaker in a registry of its own, so that it starts without calls.
fn breaker(scenario: Scenario) -> CircuitBreaker {
    let builder = Registry::new().breaker("by-hand");
    let builder = match scenario {
        Scenario::Consecutive
        | Scenario::Realistic
        | Scenario::Yielding
        | Scenario::Blocking
        | Scenario::Keyed => builder.threshold(Threshold::failures(5)),
        Scenario::Open => builder.cooldown(LONG),
        Scenario::FailuresInTime => builder
            .threshold(Threshold::failures(5))
            .window(Window::time(TEN_SECONDS)),
        Scenario::RateOfTime => builder
            .threshold(Threshold::rate(0.5))
            .window(Window::time(TEN_SECONDS)),
        Scenario::RateOfCalls | Scenario::RateOfCallsFailing => builder
            .threshold(Threshold::rate(0.5))
            .window(Window::calls(LAST_CALLS)),
        Scenario::Cycle | Scenario::CycleSubscribed => {
            builder.threshold(Threshold::failures(1)).cooldown(SHORT)
        }
    };
    let breaker = builder.build().expect("the settings are legal");
    if scenario == Scenario::Open {
        breaker.trip();
    }
    breaker
}
