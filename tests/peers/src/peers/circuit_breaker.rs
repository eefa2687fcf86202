//! `circuit_breaker`: sync only.
//! It counts failures since it was last closed, not consecutive failures.

use std::error::Error;

use circuit_breaker::{CircuitBreaker, CircuitBreakerError};

use crate::{
    call::{Direct, Load, Seen, serve_now},
    realistic::order_now,
    scenario::{LONG, SHORT, Scenario, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Consecutive | Scenario::Blocking => {
            closed(through(CircuitBreaker::new(5, LONG), serve_now))
        }
        Scenario::Realistic => closed(through(CircuitBreaker::new(5, LONG), order_now)),
        Scenario::Open => opened(through(CircuitBreaker::new(5, LONG), serve_now)),
        Scenario::Cycle => closed(through(CircuitBreaker::new(1, SHORT), serve_now)),
        _ => None,
    }
}

fn through<E: Error + 'static>(
    breaker: CircuitBreaker,
    call: impl Fn(bool) -> Result<u64, E> + Send + Sync,
) -> impl Load {
    Direct(move |fails| match breaker.execute(|| call(fails)) {
        Ok(_) => Seen::Answered,
        Err(error) if error.is::<CircuitBreakerError>() => Seen::Rejected,
        Err(_) => Seen::Failed,
    })
}
