//! Every rule of the settings, at its edge.

use std::time::Duration;

use crate::config::{ConfigError, Rate, Settings, Threshold, Window};

const S: Settings = Settings::DEFAULT;
const SECOND: Duration = Duration::from_secs(1);

fn half() -> Threshold {
    Threshold::rate(0.5)
}

#[test]
fn the_default_is_legal_and_names_no_minimum() {
    assert_eq!(S.check(), Ok(()));
    assert_eq!(S.minimum_calls(), None);
}

#[test]
fn a_rate_is_kept_in_millionths() {
    assert_eq!(Rate::new(0.07), Rate::from_millionths(70_000));
    assert!(Rate::new(0.07).is_reached_by(7, 100));
    assert!(!Rate::new(0.07).is_reached_by(6_999, 100_000));
    assert!(!Rate::new(0.5).is_reached_by(0, 0));
    assert_eq!(Rate::new(0.125).to_string(), "12.5%");
    assert_eq!(Rate::new(f64::NAN).to_string(), "NaN");
    assert_eq!(Rate::new(-0.5).to_string(), "-50%");
    assert_eq!(Rate::ZERO.to_string(), "0%");
}

#[test]
fn a_rate_returns_its_number() {
    for number in [0.0, 0.07, 0.5, 1.0] {
        assert_eq!(Rate::new(number).as_f64().to_bits(), number.to_bits());
    }
}

#[test]
fn the_threshold_is_bounded_by_its_window() {
    let at = |n| S.with_threshold(Threshold::failures(n));
    assert_eq!(at(0).check(), Err(ConfigError::ThresholdZero));
    assert_eq!(at(1_000_000).check(), Ok(()));
    assert_eq!(
        at(1_000_001).check(),
        Err(ConfigError::ThresholdTooLarge {
            failures: 1_000_001,
            largest: 1_000_000
        })
    );
    assert_eq!(at(10_000).with_window(Window::time(SECOND)).check(), Ok(()));
    let large = ConfigError::ThresholdTooLarge {
        failures: 10_001,
        largest: 10_000,
    };
    assert_eq!(at(10_001).with_window(Window::time(SECOND)).check(), Err(large));
    assert_eq!(at(20).with_window(Window::calls(20)).check(), Ok(()));
    let never = ConfigError::ThresholdExceedsWindow {
        failures: 21,
        calls: 20,
    };
    assert_eq!(at(21).with_window(Window::calls(20)).check(), Err(never));
}

#[test]
fn a_rate_needs_a_window_and_lies_above_0_up_to_100_percent() {
    assert!(matches!(
        S.with_threshold(half()).check(),
        Err(ConfigError::RateNeedsWindow { .. })
    ));
    let rate = |rate| {
        S.with_threshold(Threshold::rate(rate))
            .with_window(Window::calls(20))
            .check()
    };
    assert_eq!(rate(1.0), Ok(()));
    for wrong in [0.0, 1.000_001, -0.1, f64::NAN, f64::INFINITY] {
        assert!(
            matches!(rate(wrong), Err(ConfigError::ThresholdRate { .. })),
            "{wrong}"
        );
    }
}

#[test]
fn a_window_has_1_to_10000_calls_or_up_to_100_years() {
    let calls = |n| S.with_threshold(half()).with_window(Window::calls(n)).check();
    assert_eq!(calls(0), Err(ConfigError::WindowCalls { calls: 0 }));
    // The window is what is wrong here, not the threshold that it cannot hold.
    let none = S.with_window(Window::calls(0)).check();
    assert_eq!(none, Err(ConfigError::WindowCalls { calls: 0 }));
    assert_eq!(calls(1), Ok(()));
    assert_eq!(calls(10_000), Ok(()));
    assert_eq!(calls(10_001), Err(ConfigError::WindowCalls { calls: 10_001 }));
    let time = |d| S.with_window(Window::time(d)).check();
    assert!(matches!(
        time(Duration::ZERO),
        Err(ConfigError::WindowTime { .. })
    ));
    assert_eq!(time(super::limits::MAX_DURATION), Ok(()));
    assert!(matches!(
        time(super::limits::MAX_DURATION + SECOND),
        Err(ConfigError::WindowTime { .. })
    ));
}

#[test]
fn minimum_calls_is_for_rates_and_fits_the_window() {
    let rates = S.with_threshold(half()).with_window(Window::calls(20));
    assert_eq!(rates.minimum_calls(), Some(10));
    assert_eq!(
        S.with_threshold(half())
            .with_window(Window::calls(4))
            .minimum_calls(),
        Some(4)
    );
    assert_eq!(rates.with_minimum_calls(20).check(), Ok(()));
    let never = ConfigError::MinimumExceedsWindow {
        minimum: 21,
        calls: 20,
    };
    assert_eq!(rates.with_minimum_calls(21).check(), Err(never));
    assert_eq!(rates.with_minimum_calls(0).check(), Err(ConfigError::MinimumZero));
    assert_eq!(
        S.with_minimum_calls(3).check(),
        Err(ConfigError::MinimumNeedsRate { calls: 3 })
    );
}

#[test]
fn slow_calls_need_a_duration_and_a_window() {
    let rate = Rate::new(0.8);
    assert!(matches!(
        S.with_slow_call(Duration::ZERO).check(),
        Err(ConfigError::SlowCall { .. })
    ));
    assert_eq!(S.with_slow_call(SECOND).check(), Ok(()));
    let alone = S.with_slow_threshold(rate);
    assert_eq!(
        alone.check(),
        Err(ConfigError::SlowThresholdNeedsSlowCall { rate })
    );
    let bare = alone.with_slow_call(SECOND);
    assert_eq!(bare.check(), Err(ConfigError::SlowThresholdNeedsWindow { rate }));
    assert_eq!(bare.with_window(Window::time(SECOND)).check(), Ok(()));
    let wrong = bare.with_slow_threshold(Rate::ZERO).check();
    assert!(matches!(wrong, Err(ConfigError::SlowThresholdRate { .. })));
}

#[test]
fn cooldowns_are_above_zero_and_max_is_not_below() {
    assert!(matches!(
        S.with_cooldown(Duration::ZERO).check(),
        Err(ConfigError::Cooldown { .. })
    ));
    assert_eq!(S.with_max_cooldown(S.cooldown()).check(), Ok(()));
    assert!(matches!(
        S.with_max_cooldown(SECOND).check(),
        Err(ConfigError::MaxCooldown { .. })
    ));
    assert_eq!(S.with_jitter(Rate::new(1.0)).check(), Ok(()));
    assert!(matches!(
        S.with_jitter(Rate::new(1.1)).check(),
        Err(ConfigError::Jitter { .. })
    ));
    assert!(matches!(
        S.with_jitter(Rate::new(-0.1)).check(),
        Err(ConfigError::Jitter { .. })
    ));
}

#[test]
fn trial_calls_are_1_to_100() {
    for (calls, legal) in [(0, false), (1, true), (100, true), (101, false)] {
        assert_eq!(S.with_trial_calls(calls).check().is_ok(), legal, "{calls}");
    }
}

#[test]
fn equality_is_judged_after_defaults() {
    let rate = S.with_threshold(half()).with_window(Window::calls(20));
    assert_eq!(rate, rate.with_minimum_calls(10));
    assert_ne!(rate, rate.with_minimum_calls(9));
    assert_ne!(rate, rate.with_window(Window::calls(21)));
}

#[test]
fn a_difference_names_the_first_key_and_both_values() {
    let differs = |given: Settings| {
        let difference = S.difference(&given).expect("they differ");
        (difference.key(), difference.to_string())
    };
    let expected = |key, text: &str| (key, text.to_owned());
    assert_eq!(
        differs(S.with_threshold(half()).with_window(Window::calls(20))),
        expected("threshold", "`threshold` is 5, not 50%")
    );
    assert_eq!(
        differs(S.with_window(Window::calls(20)).with_jitter(Rate::new(0.2))),
        expected("window", "`window` is off, not 20 calls")
    );
    assert_eq!(
        differs(S.with_window(Window::time(SECOND))),
        expected("window", "`window` is off, not 1s")
    );
    assert_eq!(
        differs(S.with_slow_call(SECOND)),
        expected("slow_call", "`slow_call` is off, not 1s")
    );
    assert_eq!(
        differs(S.with_jitter(Rate::new(0.2))),
        expected("jitter", "`jitter` is 0%, not 20%")
    );
    assert_eq!(
        differs(S.with_trial_calls(3)),
        expected("trial_calls", "`trial_calls` is 1, not 3")
    );
}

#[test]
fn settings_that_are_equal_after_defaults_hash_the_same() {
    let rate = S.with_threshold(half()).with_window(Window::calls(20));
    let set =
        std::collections::HashSet::from([rate, rate.with_minimum_calls(10), rate.with_minimum_calls(9)]);
    assert_eq!(set.len(), 2);
}

#[test]
fn a_message_is_in_the_grammar_of_the_attribute() {
    let error = |settings: Settings| settings.check().expect_err("illegal").to_string();
    assert_eq!(
        error(
            S.with_threshold(Threshold::rate(1.2))
                .with_window(Window::calls(20))
        ),
        "`threshold` is 120%; a rate must be above 0% and at most 100%"
    );
    assert_eq!(
        error(S.with_cooldown(SECOND * 90).with_max_cooldown(SECOND)),
        "`max_cooldown` is 1s; use at least the `cooldown`, 1m 30s, and at most 100 years"
    );
    assert_eq!(
        error(S.with_window(Window::calls(10_001))),
        "`window` is 10001 calls; use 1 to 10000"
    );
}

#[test]
fn the_rules_hold_in_constants() {
    const LEGAL: bool = Settings::DEFAULT.with_trial_calls(3).check().is_ok();
    const { assert!(LEGAL) };
}

#[test]
fn a_constant_name_obeys_the_rule_of_a_builder() {
    let long = "é".repeat(129);
    for name in [
        "orders",
        "é",
        "a\u{85}b",
        "a\nb",
        "\u{a0}",
        "\u{85}",
        " ",
        "",
        &long,
        &long[2..],
    ] {
        let constant = std::panic::catch_unwind(|| crate::__private::check_name(name));
        let builder = crate::Registry::new().breaker(name).build();
        assert_eq!(constant.is_ok(), builder.is_ok(), "{name:?}");
    }
}
