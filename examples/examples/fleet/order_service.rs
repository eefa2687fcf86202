//! One order service: it calls the inventory through a breaker, and reports.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use fusebox::{
    CallError, CircuitBreaker, Event, Registry, Threshold,
    fleet::{Fleet, FleetOptions, Share, Store},
};
use tokio::time::{Instant, sleep_until};

use crate::{
    inventory::Client,
    line::{Calls, Line},
};

/// The breaker of the calls to the inventory.
pub(crate) const BREAKER: &str = "inventory";

/// A breaker that is not called, for commands of an operator.
pub(crate) const QUIET_BREAKER: &str = "payments";

/// The cooldown of the breakers.
pub(crate) const COOLDOWN: Duration = Duration::from_secs(1);

/// A call that spends longer than this outside of its request has waited.
///
/// Without waiting it takes microseconds, and a moment more on a busy machine. A round trip to the
/// store takes longer than this in the tests that delay it.
const SLOWED: Duration = Duration::from_millis(250);

/// The name, the speed and the surroundings of one order service.
#[derive(Clone)]
pub(crate) struct OrderService {
    pub(crate) name: String,
    pub(crate) inventory: SocketAddr,
    /// `None`: without a fleet.
    pub(crate) store: Option<Store>,
    /// The pause between two calls.
    pub(crate) pause: Duration,
}

impl OrderService {
    /// Runs until it is dropped.
    pub(crate) async fn run(
        self,
        report: impl Fn(Line) + Clone + Send + Sync + 'static,
    ) -> Result<(), String> {
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
                    at: Line::micros(event.time()),
                    breaker: event.name.to_string(),
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
            let (start, request) = (Instant::now(), AtomicU64::new(0));
            let result = breaker
                .call(async {
                    let start = Instant::now();
                    let result = client.request().await;
                    request.store(micros(start.elapsed()), Ordering::Relaxed);
                    result
                })
                .await;
            let overhead = micros(start.elapsed()).saturating_sub(request.load(Ordering::Relaxed));
            calls.longest_overhead_micros = calls.longest_overhead_micros.max(overhead);
            calls.slowed += u64::from(overhead > micros(SLOWED));
            calls.ended += 1;
            calls.rejected += u64::from(matches!(result, Err(CallError::Rejected(_))));
            sleep_until(next_call).await;
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
