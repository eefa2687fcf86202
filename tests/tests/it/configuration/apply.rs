//! What the application of a file does to breakers that exist, and to those
//! that are made later.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use fusebox::{ConfigError, Event, EventKind, Operator, Registry, Source, Threshold, config::Overrides};

use super::{apply, breaker, source};

const FIVE: &str = "[breaker.payments]\ncooldown = '5s'\ntrial_calls = 3";

/// The events of a registry, as text.
fn events(registry: &Registry) -> (Arc<Mutex<Vec<String>>>, fusebox::Subscription) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&events);
    let subscription = registry.on_event(move |event: &Event| {
        kept.lock().expect("no panic here").push(event.to_string());
    });
    (events, subscription)
}

#[test]
fn a_breaker_that_exists_changes_in_place_with_one_event_that_has_the_sources() {
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    let (events, _subscription) = events(&registry);
    let generation = payments.generation();
    let applied = apply(&registry, FIVE);
    assert_eq!(payments.generation(), generation + 1);
    assert_eq!(
        *events.lock().expect("no panic here"),
        [
            "circuit breaker `payments` has new settings: `cooldown` 5s instead of 30s (fusebox.toml:2), `trial_calls` 3 \
          instead of 1 (fusebox.toml:3)"
        ]
    );
    assert_eq!(
        applied.to_string(),
        "payments: cooldown 5s instead of 30s (fusebox.toml:2)\npayments: trial_calls 3 instead of 1 (fusebox.toml:3)\n"
    );
    assert_eq!(
        applied.changes()[0].source.map(|source| source.to_string()),
        Some("fusebox.toml:2".to_owned())
    );
}

#[test]
fn the_same_file_again_changes_nothing_but_the_lines_of_the_sources() {
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    let _ = apply(&registry, FIVE);
    let (events, _subscription) = events(&registry);
    let applied = apply(&registry, &format!("# a comment\n{FIVE}"));
    assert!(applied.changes().is_empty(), "{applied}");
    assert!(events.lock().expect("no panic here").is_empty());
    assert_eq!(source(&payments, "cooldown"), "fusebox.toml:3");
}

#[test]
fn a_value_that_leaves_the_file_gives_way_to_the_declared_one() {
    let registry = Registry::new();
    let payments = registry
        .breaker("payments")
        .cooldown(Duration::from_secs(9))
        .build()
        .expect("new");
    let _ = apply(&registry, FIVE);
    assert_eq!(payments.settings().cooldown(), Duration::from_secs(5));
    let applied = apply(&registry, "");
    assert_eq!(payments.settings().cooldown(), Duration::from_secs(9));
    assert!(matches!(
        payments.settings().source("cooldown"),
        Some(Source::Builder { .. })
    ));
    assert_eq!(applied.changes().len(), 2, "{applied}");
}

#[test]
fn the_declared_settings_still_decide_about_conflicts() {
    let registry = Registry::new();
    let _ = apply(&registry, FIVE);
    let build = |cooldown| {
        registry
            .breaker("payments")
            .cooldown(Duration::from_secs(cooldown))
            .build()
    };
    let payments = build(9).expect("new");
    assert_eq!(payments.settings().cooldown(), Duration::from_secs(5));
    build(9).expect("the same declaration");
    assert!(matches!(build(5), Err(ConfigError::Conflict { .. })));
}

#[test]
fn one_value_that_fits_no_longer_changes_nothing() {
    let registry = Registry::new();
    let orders = breaker(&registry, "orders");
    let payments = registry
        .breaker("payments")
        .max_cooldown(Duration::from_secs(60))
        .build()
        .expect("new");
    let file = "
[breaker.orders]
cooldown = '5s'
[breaker.payments]
trial_calls = 3
cooldown = '2m'
";
    let (events, _subscription) = events(&registry);
    let invalid = Overrides::from_toml(file)
        .expect("correct by itself")
        .apply(&registry)
        .expect_err("too long");
    assert_eq!(
        invalid.to_string(),
        "fusebox.toml:6:1: circuit breaker `payments`: `max_cooldown` is 1m; use at least the `cooldown`, 2m, and at \
         most 100 years"
    );
    assert_eq!(invalid.mistakes()[0].key(), Some("cooldown"));
    for breaker in [&orders, &payments] {
        assert_eq!(breaker.settings().cooldown(), Duration::from_secs(30));
        assert_eq!(breaker.generation(), 0);
    }
    assert_eq!(breaker(&registry, "later").settings().trial_calls(), 1);
    assert!(events.lock().expect("no panic here").is_empty());
}

#[test]
fn every_breaker_that_a_default_does_not_fit_is_a_mistake() {
    let registry = Registry::new();
    for name in ["a", "b"] {
        registry
            .breaker(name)
            .cooldown(Duration::from_secs(600))
            .build()
            .expect("new");
    }
    let overrides = Overrides::from_toml("[defaults]\nmax_cooldown = '1m'").expect("correct by itself");
    let invalid = overrides.apply(&registry).expect_err("too short for both");
    let of_test = |name: &str| {
        let named = format!("circuit breaker `{name}`");
        invalid
            .mistakes()
            .iter()
            .any(|mistake| mistake.message().starts_with(&named))
    };
    assert!(of_test("a") && of_test("b"), "{invalid}");
}

#[test]
fn a_later_builder_that_the_file_does_not_fit_gets_the_error() {
    let registry = Registry::new();
    let _ = apply(
        &registry,
        "[breaker.payments]\nminimum_calls = 50\nwindow = '10s'",
    );
    let error = registry.breaker("payments").build().expect_err("no rate");
    assert_eq!(error, ConfigError::MinimumNeedsRate { calls: 50 });
    assert!(registry.get("payments").is_none());
    let rate = registry
        .breaker("payments")
        .threshold(Threshold::rate(0.5))
        .window(20);
    assert_eq!(rate.build().expect("fits").settings().minimum_calls(), Some(50));
}

#[test]
fn what_an_operator_has_set_stays_until_it_no_longer_fits() {
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    let anna = || Operator::new("anna", "a test");
    payments
        .reconfigure_by(payments.settings().with_cooldown(Duration::from_secs(7)), anna())
        .expect("fits");
    let _ = apply(&registry, FIVE);
    assert_eq!(payments.settings().cooldown(), Duration::from_secs(7));
    assert_eq!(payments.settings().trial_calls(), 3);
    assert_eq!(source(&payments, "cooldown"), "operator anna");
    // A longest cooldown below that of the operator: the file wins.
    let _ = apply(
        &registry,
        "[breaker.payments]\ncooldown = '5s'\nmax_cooldown = '6s'",
    );
    assert_eq!(payments.settings().cooldown(), Duration::from_secs(5));
    assert_eq!(source(&payments, "cooldown"), "fusebox.toml:2");
}

#[test]
fn a_change_without_an_operator_stays_too() {
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    payments
        .reconfigure(payments.settings().with_cooldown(Duration::from_secs(7)))
        .expect("fits");
    let _ = apply(&registry, FIVE);
    assert_eq!(payments.settings().cooldown(), Duration::from_secs(7));
    assert_eq!(source(&payments, "cooldown"), "operator");
}

#[test]
fn a_subscriber_may_apply_a_file() {
    let registry = Registry::new();
    let payments = breaker(&registry, "payments");
    let applying = registry.clone();
    let _subscription = registry.on_event(move |event| {
        if matches!(event.kind(), Some(EventKind::Reconfigured { .. })) {
            let _ = apply(&applying, "[breaker.payments]\ncooldown = '6s'");
        }
    });
    let _ = apply(&registry, FIVE);
    assert_eq!(payments.settings().cooldown(), Duration::from_secs(6));
}

#[test]
fn a_main_that_returns_the_error_prints_one_line_for_each_mistake() {
    fn main() -> Result<(), Box<dyn std::error::Error>> {
        Overrides::from_toml("[breaker.payments]\ncooldown = 10\nfailure_ratio = 0.5\n")?;
        Ok(())
    }
    // What `main` prints, after `Error: `.
    let printed = format!("{:?}", main().expect_err("two mistakes"));
    assert_eq!(
        printed,
        "fusebox.toml:2:12: `cooldown` takes a duration string; did you mean `cooldown = \"10ms\"` or `cooldown = \"10s\"`?\n\
         fusebox.toml:3:1: unknown key `failure_ratio`; did you mean `threshold = \"50%\"`?"
    );
}
