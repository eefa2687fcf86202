//! The registry: names, sharing, and conflicts with a builder.

use fusebox::{ConfigError, Registry, Threshold, testing::ManualClock};

use fusebox_tests::stage::{SECOND, bench};

#[test]
fn r18_the_same_name_with_the_same_settings_is_one_breaker() {
    let bench = bench(|b| b);
    let again = bench
        .registry
        .breaker("bench")
        .settings(bench.breaker.settings())
        .build()
        .expect("the same");
    again.trip();
    assert_eq!(bench.breaker.state(), fusebox::State::Open);
}

#[test]
fn plain_numbers_and_durations_are_thresholds_and_windows() {
    let registry = Registry::new();
    let plain = registry
        .breaker("plain")
        .threshold(5)
        .window(SECOND)
        .build()
        .expect("legal");
    assert_eq!(plain.settings().threshold(), Threshold::failures(5));
    assert_eq!(plain.settings().window(), Some(fusebox::Window::time(SECOND)));
}

#[test]
fn r18_settings_are_compared_after_defaults() {
    let registry = Registry::new();
    let plain = |name| registry.breaker(name).trial_calls(1);
    plain("a").build().expect("legal");
    plain("a")
        .threshold(Threshold::failures(5))
        .build()
        .expect("5 is the default");
}

#[test]
fn r18_a_builder_that_differs_gets_a_conflict_and_changes_nothing() {
    let bench = bench(|b| b);
    let error = bench
        .registry
        .breaker("bench")
        .cooldown(SECOND)
        .build()
        .expect_err("it differs");
    assert_eq!(
        error.to_string(),
        "circuit breaker `bench` already exists with `threshold` 3, not 5"
    );
    assert!(matches!(error, ConfigError::Conflict { name: "bench", .. }));
    assert_eq!(bench.registry.iter().count(), 1);
}

#[test]
fn r18_a_builder_that_gives_only_a_name_takes_what_is_there() {
    let bench = bench(|b| b);
    let same = bench.registry.breaker("bench").build().expect("only a name");
    assert_eq!(same.settings(), bench.breaker.settings());
}

#[test]
fn bad_input_is_refused_before_anything_is_registered() {
    let registry = Registry::new();
    let long = "x".repeat(129);
    for name in ["", " ", "a\tb", long.as_str()] {
        assert!(registry.breaker(name).build().is_err(), "{name:?}");
    }
    let error = registry
        .breaker("orders")
        .trial_calls(0)
        .build()
        .expect_err("no trial calls");
    assert_eq!(error, ConfigError::TrialCalls { calls: 0 });
    assert_eq!(error.to_string(), "`trial_calls` is 0; use 1 to 100");
    assert_eq!(registry.iter().count(), 0);
    assert!(
        registry.get("orders").is_none(),
        "`get` never makes an undeclared one"
    );
}

#[test]
fn a_registry_does_not_have_the_breakers_of_another() {
    let (one, two) = (
        Registry::builder().clock(ManualClock::new()).build(),
        Registry::new(),
    );
    one.breaker("x").build().expect("legal").trip();
    assert!(two.get("x").is_none());
    assert!(Registry::global().get("x").is_none());
}
