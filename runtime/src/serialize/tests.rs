//! The forms that other programs read.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Operator, Rate, Registry, Settings, Threshold, Window};

fn value(serialized: impl serde::Serialize) -> Value {
    serde_json::to_value(serialized).expect("every form has a JSON form")
}

fn settings() -> Settings {
    Settings::DEFAULT
        .with_threshold(Threshold::rate(0.125))
        .with_window(Window::time(Duration::from_secs(90)))
        .with_minimum_calls(20)
        .with_slow_call(Duration::from_millis(500))
        .with_slow_threshold(Rate::new(0.8))
        .with_cooldown(Duration::from_secs(10))
        .with_max_cooldown(Duration::from_secs(300))
        .with_jitter(Rate::new(0.2))
        .with_trial_calls(3)
}

#[test]
fn settings_have_the_forms_of_the_attribute_and_read_what_they_write() {
    let written = value(settings());
    assert_eq!(
        written,
        json!({
            "threshold": "12.5%", "window": "1m 30s", "minimum_calls": 20, "slow_call": "500ms", "slow_threshold": "80%",
            "cooldown": "10s", "max_cooldown": "5m", "jitter": "20%", "trial_calls": 3
        })
    );
    assert_eq!(
        serde_json::from_value::<Settings>(written).expect("our own form"),
        settings()
    );
    let default = value(Settings::DEFAULT);
    assert_eq!(
        default,
        json!({"threshold": 5, "cooldown": "30s", "jitter": "0%", "trial_calls": 1})
    );
    assert_eq!(
        serde_json::from_value::<Settings>(default).expect("our own form"),
        Settings::DEFAULT
    );
}

#[test]
fn settings_take_defaults_numbers_in_strings_and_null() {
    let read = |json| serde_json::from_value::<Settings>(json).expect("correct");
    assert_eq!(read(json!({})), Settings::DEFAULT);
    let strings = json!({"threshold": "7", "window": "20", "trial_calls": "3", "max_cooldown": null});
    let expected = Settings::DEFAULT
        .with_threshold(Threshold::failures(7))
        .with_window(Window::calls(20));
    assert_eq!(read(strings), expected.with_trial_calls(3));
}

#[test]
fn wrong_settings_get_the_texts_of_the_attribute() {
    for (json, message) in [
        (json!({"cooldown": "10"}), "`10` has no unit; did you mean `10s`?"),
        (
            json!({"trial_calls": 101}),
            "`trial_calls` is too large; the largest value is 100",
        ),
        (json!({"threshold": "0%"}), "`threshold` must be more than 0%"),
        (
            json!({"cooldown": true}),
            "`true` is not a duration; write a whole number and a unit, such as `10s`, `500ms` or `1m 30s`",
        ),
        (json!(5), "invalid type: integer `5`, expected a map of settings"),
    ] {
        let error = serde_json::from_value::<Settings>(json).expect_err(message);
        assert_eq!(error.to_string(), message);
    }
    let twice = serde_json::from_str::<Settings>(r#"{"cooldown": "1s", "cooldown": "2s"}"#);
    assert!(
        twice
            .expect_err("twice")
            .to_string()
            .starts_with("`cooldown` is given twice")
    );
}

#[test]
fn single_values_have_the_same_forms() {
    assert_eq!(value(Threshold::failures(5)), json!(5));
    assert_eq!(value(Window::calls(20)), json!(20));
    assert_eq!(
        serde_json::from_value::<Rate>(json!("50%")).expect("a rate"),
        Rate::new(0.5)
    );
    assert_eq!(
        serde_json::from_value::<Window>(json!("10s")).expect("a window"),
        Window::time(Duration::from_secs(10))
    );
    let error = serde_json::from_value::<Threshold>(json!([])).expect_err("a list");
    assert_eq!(
        error.to_string(),
        "invalid type: sequence, expected a number of failures or a rate such as \"50%\""
    );
}

#[test]
fn a_snapshot_has_every_field() {
    let registry = Registry::new();
    let orders = registry.breaker("orders").threshold(1).build().expect("new");
    orders.try_acquire().expect("closed").failure();
    let snapshot = value(orders.snapshot());
    assert_eq!(snapshot["name"], "orders");
    assert_eq!(snapshot["state"], "open");
    assert_eq!(
        snapshot["last_trip"]["reason"],
        json!({"kind": "failures", "failures": 1, "text": "1 failure"})
    );
    assert_eq!(snapshot["totals"]["failures"], 1);
    assert_eq!(snapshot["window"]["calls"], Value::Null);
    assert_eq!(snapshot["trials"]["in_flight"], 0);
    assert_eq!(snapshot["transitions"][0]["to"], "open");
    assert_eq!(snapshot["latency"], serde_json::Value::Null);
    assert_eq!(snapshot["override_until"], Value::Null);
    let retry_after = snapshot["retry_after"].as_f64().expect("open");
    assert!(retry_after > 29.0 && retry_after <= 30.0, "{retry_after}");
    let time = snapshot["last_trip"]["time"].as_f64().expect("a moment");
    assert!(time > 1.7e9, "{time}");
    assert_eq!(snapshot.as_object().expect("a map").len(), 15);
}

#[test]
fn a_snapshot_of_a_group_counts_its_breakers_by_state() {
    let registry = Registry::new();
    let shards = registry.keyed("shards").max_keys(8).build().expect("new");
    shards.get(3).trip();
    let _ = shards.get(4);
    let snapshot = value(shards.snapshot());
    assert_eq!(snapshot["name"], "shards");
    assert_eq!((&snapshot["keys"], &snapshot["max_keys"]), (&json!(2), &json!(8)));
    assert_eq!(
        snapshot["states"],
        json!({"closed": 1, "open": 1, "half_open": 0, "forced_open": 0, "forced_closed": 0, "disabled": 0})
    );
    assert_eq!(snapshot["transitions"][0]["to"], "open");
    assert_eq!(snapshot["totals"]["failures"], 0);
    assert_eq!(snapshot["has_overflowed"], false);
    assert_eq!(snapshot.as_object().expect("a map").len(), 10);
}

#[test]
fn events_have_their_kind_and_its_fields() {
    let registry = Registry::new();
    let orders = registry.breaker("orders").build().expect("new");
    orders.force_open_for_by(Duration::from_secs(60), Operator::new("anna", "maintenance"));
    let settings = orders.settings().with_cooldown(Duration::from_secs(5));
    orders
        .reconfigure_by(settings, Operator::new("anna", "too long"))
        .expect("fits");
    let history = orders.history();
    let [forced, reconfigured] = &history[..] else {
        panic!("two changes: {history:?}")
    };
    let forced = value(forced);
    assert_eq!(forced["kind"], "transition");
    assert_eq!(
        (&forced["from"], &forced["to"]),
        (&json!("closed"), &json!("forced_open"))
    );
    assert_eq!(forced["override_for"], 60.0);
    assert_eq!(
        forced["operator"],
        json!({"who": "anna", "reason": "maintenance"})
    );
    let event = value(crate::Event::Breaker(reconfigured.clone()));
    assert_eq!(
        (&event["event"], &event["kind"]),
        (&json!("breaker"), &json!("reconfigured"))
    );
    assert_eq!(
        event["difference"],
        json!([{"key": "cooldown", "from": "30s", "to": "5s", "source": "operator anna"}])
    );
    assert_eq!(
        value(crate::Event::Dropped { events: 3 }),
        json!({"event": "dropped", "events": 3})
    );
}
