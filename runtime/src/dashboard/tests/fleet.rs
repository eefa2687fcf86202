//! The fleet on the page of one instance.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::{SECRET, get, post, read, send, token};
use crate::{
    breaker::CircuitBreaker,
    config::Threshold,
    dashboard::Dashboard,
    fleet::{Fleet, FleetOptions, Store},
    registry::Registry,
    state::State,
};

/// One instance of a service: its breaker `stock` trips at one failure.
struct Instance {
    registry: Registry,
    stock: CircuitBreaker,
    fleet: Fleet,
}

impl Instance {
    async fn pair(store: &Store) -> (Self, Self) {
        (Self::new(store, "pod-1").await, Self::new(store, "pod-2").await)
    }

    async fn new(store: &Store, name: &str) -> Self {
        let registry = Registry::new();
        let builder = registry.breaker("stock").threshold(Threshold::failures(1));
        let stock = builder.cooldown(Duration::from_secs(60)).build().unwrap();
        let options = FleetOptions::new("orders").instance(name);
        let fleet = Fleet::join(&registry, store, options).unwrap();
        fleet.joined().await;
        Self {
            registry,
            stock,
            fleet,
        }
    }

    fn page(&self) -> Dashboard {
        Dashboard::new(&self.registry)
            .fleet(&self.fleet)
            .allow_commands(token())
    }
}

/// Reads the fleet until this holds.
///
/// The page reads the store at most once a second.
async fn fleet_until(page: &Dashboard, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..100 {
        let fleet = read(page, "/api/v1/fleet").await.json();
        if holds(&fleet) {
            return fleet;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within 5 s: {}", read(page, "/api/v1/fleet").await.text);
}

async fn command(page: &Dashboard, breaker: &str, mut command: Value) -> super::Answer {
    command["who"] = "anna".into();
    command["reason"] = "an exercise".into();
    send(page, post(breaker), command.to_string()).await
}

async fn becomes(breaker: &CircuitBreaker, state: State) {
    for _ in 0..100 {
        if breaker.state() == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{state} not within 2 s: {}", breaker.state());
}

#[tokio::test]
async fn the_page_shows_which_breaker_is_open_on_which_instance() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store).await;
    let page = one.page();
    two.stock.try_acquire().unwrap().failure_with("down");
    let fleet = fleet_until(&page, |fleet| {
        fleet["instances"][1]["breakers"][0]["state"] == "open"
    });
    let fleet = fleet.await;
    assert_eq!(
        (&fleet["service"], &fleet["instance"], &fleet["is_up"]),
        (&"orders".into(), &"pod-1".into(), &true.into())
    );
    assert_eq!(fleet["instances"][0]["name"], "pod-1");
    let reported = &fleet["instances"][1]["breakers"][0];
    assert_eq!(reported["name"], "stock");
    assert!(reported["remaining_ms"].as_u64().unwrap() > 50_000, "{fleet}");

    let detail = read(&page, "/api/v1/breakers/stock").await.json();
    let shown = detail["instances"].as_array().unwrap().iter();
    let shown: Vec<_> = shown
        .map(|one| {
            let state = one["state"].as_str().unwrap();
            (one["instance"].as_str().unwrap(), state, one["is_this"] == true)
        })
        .collect();
    assert_eq!(
        shown,
        [("pod-1", "closed", true), ("pod-2", "open", false)],
        "one bad instance does not open the others"
    );
}

#[tokio::test]
async fn a_command_acts_on_this_instance_or_on_all() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store).await;
    let page = one.page();
    let answer = command(&page, "stock", json!({ "command": "force_open" })).await;
    assert_eq!(answer.json()["state"], "forced_open");
    assert_eq!(two.stock.state(), State::Closed, "the other instance goes on");
    command(&page, "stock", json!({ "command": "release" })).await;

    let all = json!({ "command": "force_open", "at": "fleet", "for_ms": 60_000 });
    let answer = command(&page, "stock", all).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let forced = &answer.json()["forced"][0];
    assert_eq!(
        (&forced["name"], &forced["state"], &forced["by"]),
        (
            &"stock".into(),
            &"forced_open".into(),
            &"anna (an exercise)".into()
        )
    );
    becomes(&one.stock, State::ForcedOpen).await;
    becomes(&two.stock, State::ForcedOpen).await;

    command(&page, "stock", json!({ "command": "release", "at": "fleet" })).await;
    becomes(&one.stock, State::Closed).await;
    becomes(&two.stock, State::Closed).await;
}

#[tokio::test]
async fn a_command_acts_on_one_other_instance_which_shows_it() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store).await;
    let page = one.page();
    let force = json!({ "command": "force_open", "instance": "pod-2", "for_ms": 60_000 });
    let answer = command(&page, "stock", force).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    becomes(&two.stock, State::ForcedOpen).await;
    assert_eq!(one.stock.state(), State::Closed, "this instance goes on");
    let fleet = fleet_until(&page, |fleet| {
        fleet["instances"][1]["breakers"][0]["state"] == "forced_open"
    });
    let shown = fleet.await["instances"][1]["breakers"][0].clone();
    assert_eq!(shown["by"], "anna (an exercise)");
    let remaining = shown["remaining_ms"].as_u64().unwrap();
    assert!((50_000..=60_000).contains(&remaining), "{remaining}");
    let detail = read(&page, "/api/v1/breakers/stock").await.json();
    let there = &detail["instances"][1];
    assert_eq!(
        (&there["instance"], &there["state"], &there["by"]),
        (
            &"pod-2".into(),
            &"forced_open".into(),
            &"anna (an exercise)".into()
        )
    );

    let release = json!({ "command": "release", "instance": "pod-2" });
    assert_eq!(command(&page, "stock", release).await.status, StatusCode::OK);
    becomes(&two.stock, State::Closed).await;
    // Its own name: the same as without one, so the breaker's detail is the answer.
    let here = json!({ "command": "trip", "instance": "pod-1" });
    assert_eq!(command(&page, "stock", here).await.json()["state"], "open");
}

#[tokio::test]
async fn a_command_to_an_instance_that_is_not_there_is_refused() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store).await;
    let page = one.page();
    for name in ["pod-9", "", "pod 2", "../pod-2", "<script>"] {
        let answer = command(
            &page,
            "stock",
            json!({ "command": "force_open", "instance": name }),
        )
        .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
        assert!(
            answer.error().starts_with("no live instance is named `"),
            "{}",
            answer.error()
        );
    }
    for (wrong, message) in [
        (
            json!({ "command": "trip", "instance": "pod-2" }),
            "only `force_open`, `force_closed` and `release` act on another instance",
        ),
        (
            json!({ "command": "release", "instance": "pod-2", "at": "fleet" }),
            "`instance` names one instance, and `at` is the whole fleet; leave one of them out",
        ),
    ] {
        let answer = command(&page, "stock", wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.error(), message);
    }
    let alone = Dashboard::new(&two.registry).allow_commands(token());
    let answer = command(
        &alone,
        "stock",
        json!({ "command": "release", "instance": "pod-1" }),
    )
    .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "a page without a fleet");
    assert_eq!([one.stock.state(), two.stock.state()], [State::Closed; 2]);
}

#[tokio::test]
async fn a_breaker_that_only_another_instance_has_can_be_forced() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store).await;
    let other = two.registry.breaker("mail").build().unwrap();
    let page = one.page();
    let all = || json!({ "command": "force_open", "at": "fleet" });
    let unknown = command(&page, "mail", all()).await;
    assert_eq!(
        unknown.status,
        StatusCode::NOT_FOUND,
        "no instance reports it yet"
    );
    assert_eq!(unknown.error(), "no instance has a circuit breaker `mail`");
    other.trip();
    fleet_until(&page, |fleet| {
        fleet["instances"][1]["breakers"][0]["name"] == "mail"
    })
    .await;
    let answer = command(&page, "mail", all()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    becomes(&other, State::ForcedOpen).await;
    assert!(one.registry.get("mail").is_none(), "it is not made here");
}

#[tokio::test]
async fn the_fleet_is_protected_like_everything_else() {
    let one = Instance::new(&Store::local(), "pod-1").await;
    let page = one.page().require_token(token());
    let path = "/api/v1/fleet";
    assert_eq!(read(&page, path).await.status, StatusCode::UNAUTHORIZED);
    let with_token = get(path).header("authorization", format!("Bearer {SECRET}"));
    assert_eq!(send(&page, with_token, "").await.status, StatusCode::OK);
    let foreign = http::Request::get(path).header("host", "evil.example");
    assert_eq!(send(&page, foreign, "").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_process_that_has_left_shows_that_the_store_does_not_answer() {
    let Instance { registry, fleet, .. } = Instance::new(&Store::local(), "pod-1").await;
    let page = Dashboard::new(&registry).fleet(&fleet);
    fleet.leave().await;
    let fleet = read(&page, "/api/v1/fleet").await.json();
    assert_eq!(fleet["is_up"], false, "{fleet}");
}

#[tokio::test]
async fn the_description_has_the_fields_of_the_fleet() {
    let store = Store::local();
    let (one, two) = Instance::pair(&store).await;
    two.stock.trip();
    let page = one.page();
    let reported = fleet_until(&page, |fleet| !fleet["instances"][1]["breakers"][0].is_null());
    let reported = reported.await["instances"][1]["breakers"][0].clone();
    command(&page, "stock", json!({ "command": "force_open", "at": "fleet" })).await;
    let fleet = fleet_until(&page, |fleet| !fleet["forced"][0].is_null()).await;
    let description = read(&page, "/api/v1/openapi.json").await.json();
    let schemas = &description["components"]["schemas"];
    let of_reported = &schemas["Instance"]["properties"]["breakers"]["items"];
    for (value, schema) in [
        (&fleet, &schemas["Fleet"]),
        (&fleet["instances"][0], &schemas["Instance"]),
        (&reported, of_reported),
        (&fleet["forced"][0], &schemas["Forced"]),
    ] {
        let mut required: Vec<_> = schema["required"].as_array().unwrap().clone();
        required.sort_by_key(ToString::to_string);
        let mut keys: Vec<_> = value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .map(Value::from)
            .collect();
        keys.sort_by_key(ToString::to_string);
        assert_eq!(keys, required, "{schema}");
    }
}
