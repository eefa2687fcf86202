//! Declarations outside the catalogue. Without the feature `catalog`, all are.

use std::time::Duration;

use super::{Declaration, Registry};
use crate::{
    config::{Settings, Threshold},
    state::State,
};

const STRICT: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(1));
const LENIENT: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(9));

/// All functions of one macro call have this location.
const fn made_by_macro() -> Declaration {
    Declaration::new("shop::orders", "load", "src/orders.rs", 12, 5)
}

static NAME_ONLY: Declaration = made_by_macro().named("orders");
static STRICT_ORDERS: Declaration = made_by_macro().named("orders").with_settings(&STRICT);
static LENIENT_ORDERS: Declaration = made_by_macro().named("orders").with_settings(&LENIENT);
static LENIENT_TOO: Declaration = made_by_macro().named("orders").with_settings(&LENIENT);

#[test]
fn functions_of_one_macro_call_have_a_breaker_each() {
    static ONE: Declaration = made_by_macro().with_settings(&STRICT);
    static TWO: Declaration = made_by_macro().with_settings(&LENIENT);
    static THREE: Declaration = made_by_macro();
    let registry = Registry::new();
    let names = [&ONE, &TWO, &THREE, &TWO, &ONE].map(|function| registry.resolve(function).name().to_owned());
    let own = "shop::orders::load@src/orders.rs:12";
    let second = format!("{own}#2");
    assert_eq!(
        names,
        [
            "shop::orders::load",
            own,
            second.as_str(),
            own,
            "shop::orders::load"
        ]
    );
    registry.resolve(&ONE).trip();
    assert_eq!(registry.resolve(&TWO).state(), State::Closed);
    assert_eq!(registry.resolve(&TWO).settings(), LENIENT);
    assert_eq!(registry.conflicts().len(), 2, "one entry per loser");
}

#[test]
fn each_loser_of_an_explicit_name_is_reported_once() {
    let registry = Registry::new();
    for function in [&STRICT_ORDERS, &LENIENT_ORDERS, &LENIENT_TOO, &LENIENT_ORDERS] {
        assert_eq!(registry.resolve(function).settings(), STRICT);
    }
    let conflicts = registry.conflicts();
    assert_eq!(conflicts.len(), 2);
    for conflict in conflicts {
        assert_eq!(
            conflict.to_string(),
            "circuit breaker `orders` is declared twice: `load` at src/orders.rs:12 wins over `load` at \
             src/orders.rs:12, its `threshold` is 1, not 9"
        );
    }
}

#[test]
fn a_function_that_gives_only_a_name_takes_the_settings_of_the_other_whichever_runs_first() {
    for order in [[&NAME_ONLY, &STRICT_ORDERS], [&STRICT_ORDERS, &NAME_ONLY]] {
        let registry = Registry::new();
        for function in order {
            registry.resolve(function);
        }
        assert_eq!(registry.resolve(&NAME_ONLY).settings(), STRICT);
        assert!(registry.conflicts().is_empty());
    }
}

#[test]
fn a_builder_that_gives_only_a_name_takes_the_settings_of_a_function_that_runs_later() {
    let registry = Registry::new();
    let built = registry.breaker("orders").build().expect("only a name");
    registry.resolve(&STRICT_ORDERS);
    assert_eq!(built.settings(), STRICT);
    let error = registry
        .breaker("orders")
        .threshold(9)
        .build()
        .expect_err("declared");
    assert_eq!(
        error.to_string(),
        "circuit breaker `orders` is declared with `threshold` 1 at src/orders.rs:12, not 9"
    );
}

#[test]
fn values_that_an_operator_has_changed_stay_in_force() {
    let registry = Registry::new();
    let breaker = registry.resolve(&NAME_ONLY);
    let by_operator = Settings::DEFAULT.with_cooldown(Duration::from_secs(5));
    breaker.reconfigure(by_operator).expect("legal settings");
    let in_force = STRICT.with_cooldown(by_operator.cooldown());
    assert_eq!(registry.resolve(&STRICT_ORDERS).settings(), in_force);
}

#[test]
fn a_builder_with_other_settings_wins_over_a_function_and_is_reported() {
    let registry = Registry::new();
    let built = registry.breaker("orders").threshold(9).build().expect("legal");
    assert_eq!(registry.resolve(&STRICT_ORDERS).settings(), built.settings());
    let conflicts = registry.conflicts();
    assert_eq!(
        (conflicts.len(), conflicts[0].winner(), conflicts[0].loser()),
        (1, None, STRICT_ORDERS.location())
    );
}

#[test]
fn a_default_name_is_not_shared_with_an_explicit_one() {
    static BY_DEFAULT: Declaration = made_by_macro();
    static EXPLICIT: Declaration = made_by_macro().named("shop::orders::load");
    for order in [[&BY_DEFAULT, &EXPLICIT], [&EXPLICIT, &BY_DEFAULT]] {
        let registry = Registry::new();
        let [one, two] = order.map(|function| registry.resolve(function));
        one.trip();
        assert_eq!(two.state(), State::Closed);
        assert_eq!(registry.conflicts().len(), 1);
    }
}
