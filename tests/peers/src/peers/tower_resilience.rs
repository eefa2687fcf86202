//! tower-resilience-circuitbreaker: a tower service.
//! Consecutive failures, or a failure rate of calls or of time.

use tokio::runtime::{Builder, Runtime};
use tower::{Service, ServiceExt, service_fn};
use tower_resilience_circuitbreaker::{
    CircuitBreakerConfigBuilder, CircuitBreakerError, CircuitBreakerLayer, DefaultClassifier,
    SlidingWindowType,
};

use crate::{
    call::{Failing, Load, Seen, Tally, Trouble, serve},
    scenario::{LAST_CALLS, LONG, SHORT, Scenario, TEN_SECONDS, closed, opened},
};

pub(super) fn load(scenario: Scenario) -> Option<Box<dyn Load>> {
    let builder = CircuitBreakerLayer::builder()
        .wait_duration_in_open(LONG)
        .failure_rate_threshold(0.5)
        .minimum_number_of_calls(10);
    match scenario {
        Scenario::Consecutive => closed(through(builder.consecutive_failures(5))),
        Scenario::Open => opened(through(builder.consecutive_failures(5))),
        Scenario::RateOfTime => closed(through(
            builder
                .sliding_window_type(SlidingWindowType::TimeBased)
                .sliding_window_duration(TEN_SECONDS),
        )),
        Scenario::RateOfCalls | Scenario::RateOfCallsFailing => {
            closed(through(builder.sliding_window_size(LAST_CALLS as usize)))
        }
        Scenario::Cycle => closed(through(
            builder
                .consecutive_failures(1)
                .permitted_calls_in_half_open(1)
                .wait_duration_in_open(SHORT),
        )),
        Scenario::FailuresInTime
        | Scenario::Realistic
        | Scenario::Yielding
        | Scenario::Blocking
        | Scenario::Keyed
        | Scenario::CycleSubscribed => None,
    }
}

fn through(builder: CircuitBreakerConfigBuilder<DefaultClassifier>) -> impl Load {
    let layer = builder.build().expect("the settings are legal");
    // Its lock suspends its callers. If the lock is taken, the caller waits for a timer.
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build();
    Layered {
        service: layer.layer_fn(service_fn(serve)),
        runtime: runtime.expect("a runtime starts"),
    }
}

/// A tower service, which each thread clones.
struct Layered<S> {
    service: S,
    runtime: Runtime,
}

impl<S> Load for Layered<S>
where
    S: Service<bool, Response = u64, Error = CircuitBreakerError<Trouble>> + Clone + Send + Sync,
{
    fn run(&self, calls: u64, failing: Failing) -> Tally {
        let mut service = self.service.clone();
        self.runtime.block_on(async {
            let mut tally = Tally::default();
            let mut fails = failing.steps();
            for _ in 0..calls {
                let seen = match service.ready().await {
                    Ok(service) => service.call(fails()).await,
                    Err(error) => Err(error),
                };
                tally.add(match seen {
                    Ok(_) => Seen::Answered,
                    Err(CircuitBreakerError::Inner(_)) => Seen::Failed,
                    Err(_) => Seen::Rejected,
                });
            }
            tally
        })
    }
}
