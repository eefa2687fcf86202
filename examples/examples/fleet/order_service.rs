//! One order service: it calls the inventory through a breaker, and reports.

use std::{cell::Cell, net::SocketAddr, time::Duration};

use fusebox::{
    CallError, CircuitBreaker, Event, Registry, Threshold,
    fleet::{Fleet, FleetOptions, Share, Store},
};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    inventory::Client,
    line::{Calls, Line},
};

/// The breaker of the calls to the inventory.
pub const BREAKER: &str = "inventory";

/// A breaker that is not called, for commands of an operator.
pub const QUIET_BREAKER: &str = "payments";

/// The cooldown of the breakers.
pub const COOLDOWN: Duration = Duration::from_secs(1);

/// The name, the speed and the surroundings of one order service.
#[derive(Clone)]
pub struct OrderService {
    pub name: String,
    pub inventory: SocketAddr,
    /// `None`: without a fleet.
    pub store: Option<Store>,
    /// The pause between two calls.
    pub pause: Duration,
}

impl OrderService {
    /// Runs until it is dropped.
    pub async fn run(self, report: impl Fn(Line) + Clone + Send + 'static) -> Result<(), String> {
        let registry = Registry::new();
        let build = |name| {
            let builder = registry.breaker(name).threshold(Threshold::failures(5));
            let breaker = builder.cooldown(COOLDOWN).trial_calls(1).build();
            breaker.map_err(|error| error.to_string())
        };
        let (breaker, _) = (build(BREAKER)?, build(QUIET_BREAKER)?);
        let changes = report.clone();
        let _subscription = registry.on_event(move |event| {
            if let Event::Breaker(event) = event {
                changes(Line::Changed {
                    at: Line::micros(event.time),
                    breaker: event.name.to_owned(),
                    state: event.state,
                });
            }
        });
        let fleet = match &self.store {
            None => None,
            Some(store) => {
                let options = FleetOptions::new("orders")
                    .instance(self.name.clone())
                    .share(BREAKER, Share::quorum(2, 40));
                Some(Fleet::join(&registry, store, options).map_err(|error| error.to_string())?)
            }
        };
        self.call(&breaker, fleet.as_ref(), report).await;
        Ok(())
    }

    /// Calls, and reports the counts every half second.
    async fn call(&self, breaker: &CircuitBreaker, fleet: Option<&Fleet>, report: impl Fn(Line)) {
        let mut client = Client::new(self.inventory);
        let mut calls = Calls::default();
        let mut is_up = false;
        let mut next_report = Instant::now();
        loop {
            let now_up = fleet.is_some_and(Fleet::is_up);
            if now_up != is_up {
                is_up = now_up;
                report(Line::Store {
                    at: Line::now(),
                    is_up,
                });
            }
            if Instant::now() >= next_report {
                report(Line::Calls(calls));
                next_report += Duration::from_millis(250);
            }
            let next_call = Instant::now() + self.pause;
            calls.started += 1;
            let (start, request) = (Instant::now(), Cell::new(Duration::ZERO));
            let result = breaker
                .call(async {
                    let start = Instant::now();
                    let result = client.request().await;
                    request.set(start.elapsed());
                    result
                })
                .await;
            let overhead = start.elapsed().saturating_sub(request.get());
            let micros = u64::try_from(overhead.as_micros()).unwrap_or(u64::MAX);
            calls.longest_overhead_micros = calls.longest_overhead_micros.max(micros);
            calls.ended += 1;
            calls.rejected += u64::from(matches!(result, Err(CallError::Rejected(_))));
            // While the call was on its way, the reports went on in their rhythm only if it ended soon.
            sleep(Duration::from_millis(1)).await;
            sleep_until(next_call).await;
        }
    }
}
