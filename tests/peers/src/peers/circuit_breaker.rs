//! `circuit_breaker`: sync only.
//! It counts failures since it was last closed, not consecutive failures.

use circuit_breaker::{CircuitBreaker, CircuitBreakerError};

use crate::{
    call::{Direct, Load, Seen, serve_now},
    scenario::{LONG, SHORT, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Consecutive => closed(through(CircuitBreaker::new(5, LONG))),
        Scenario::Open => opened(through(CircuitBreaker::new(5, LONG))),
        Scenario::Cycle => closed(through(CircuitBreaker::new(1, SHORT))),
        _ => None,
    }
}

fn through(breaker: CircuitBreaker) -> impl Load {
    Direct(move |fails| match breaker.execute(|| serve_now(fails)) {
        Ok(_) => Seen::Answered,
        Err(error) if error.is::<CircuitBreakerError>() => Seen::Rejected,
        Err(_) => Seen::Failed,
    })
}
