//! Other instances of the same shop, in a fleet without a server.

use std::time::Duration;

use fusebox::{
    CircuitBreaker, Operator, Registry,
    fleet::{Fleet, FleetOptions, Store},
};
use fusebox_page_tests::town;

pub(crate) struct ThreeInstances {
    pub(crate) this: Fleet,
    _others: [Fleet; 2],
    _breakers: Vec<CircuitBreaker>,
}

/// Joins a registry to a fleet with two more instances, some of whose breakers
/// are not closed.
pub(crate) async fn fleet_of_three(registry: &Registry) -> ThreeInstances {
    let store = Store::local();
    let options = |pod: &str| FleetOptions::new("shop").instance(format!("shop-7d9f-{pod}"));
    let mut breakers = Vec::new();
    let mut join = |pod: &str, open: &[&str]| {
        let other = Registry::new();
        for (breaker, _) in town::build(&other, town::SHOP) {
            if open.contains(&breaker.name()) {
                breaker.trip_for(Duration::from_secs(600));
            }
            breakers.push(breaker);
        }
        Fleet::join(&other, &store, options(pod)).expect("valid names")
    };
    let others = [
        join("k2xqp", &["payments", "recommendations", "mail"]),
        join("m8tzw", &["payments"]),
    ];
    let this = Fleet::join(registry, &store, options("b4hnd")).expect("valid names");
    this.joined().await;
    let operator = Operator::new("anna", "the provider rotates its keys until 14:00");
    let forced = this.force_open("tax", Some(Duration::from_secs(1800)), operator);
    forced.await.expect("the store answers");
    ThreeInstances {
        this,
        _others: others,
        _breakers: breakers,
    }
}
