//! What a scrape returns.

mod groups;

use std::time::{Duration, Instant};

use super::*;
use crate::{
    config::{Threshold, Window},
    registry::FleetHealth,
    testing::ManualClock,
};

fn registry() -> (Registry, ManualClock) {
    let clock = ManualClock::new();
    (Registry::builder().clock(clock.clone()).build(), clock)
}

fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(
            text.lines().any(|written| written == *line),
            "{line} is not in\n{text}"
        );
    }
}

#[test]
fn a_breaker_has_its_series_before_the_first_call() {
    let (registry, _) = registry();
    registry.breaker("orders").build().expect("valid settings");
    assert_lines(
        &render(&registry),
        &[
            "# TYPE fusebox_calls counter",
            "# TYPE fusebox_state gauge",
            "# UNIT fusebox_open_seconds seconds",
            r#"fusebox_state{breaker="orders",state="closed"} 1"#,
            r#"fusebox_state{breaker="orders",state="disabled"} 0"#,
            r#"fusebox_calls_total{breaker="orders",outcome="success"} 0"#,
            r#"fusebox_calls_total{breaker="orders",outcome="failure",kind="slow"} 0"#,
            r#"fusebox_fallbacks_total{breaker="orders",source="last_good",result="ok"} 0"#,
            r#"fusebox_transitions_total{breaker="orders",from="closed",to="open",reason="failures"} 0"#,
            r#"fusebox_open_seconds_total{breaker="orders"} 0"#,
            r#"fusebox_info{breaker="orders",threshold="5",window="none",cooldown="30s",declared_at="none"} 1"#,
            "fusebox_events_dropped_total 0",
            "fusebox_config_reload_failures_total 0",
            "# EOF",
        ],
    );
}

#[test]
fn open_time_ends_with_the_cooldown_or_with_the_state() {
    let (registry, clock) = registry();
    let orders = registry
        .breaker("orders")
        .cooldown(Duration::from_secs(10))
        .build();
    let orders = orders.expect("valid settings");
    let second = Duration::from_secs(1);
    let open_time = || orders.snapshot().open_time;
    orders.trip();
    clock.advance(4 * second);
    assert_eq!(open_time(), 4 * second);
    clock.advance(100 * second);
    assert_eq!(open_time(), 10 * second, "callers meet half-open");
    orders.trip();
    assert_eq!(open_time(), 10 * second);
    clock.advance(3 * second);
    orders.reset();
    clock.advance(3 * second);
    assert_eq!(open_time(), 13 * second);
    orders.force_open();
    clock.advance(7 * second);
    assert_eq!(open_time(), 20 * second);
    orders.release_override();
    clock.advance(7 * second);
    assert_eq!(open_time(), 20 * second);
}

#[test]
fn open_time_ends_with_the_end_of_an_override() {
    let (registry, clock) = registry();
    let second = Duration::from_secs(1);
    let orders = registry.breaker("orders").cooldown(20 * second).build();
    let orders = orders.expect("valid settings");
    let open_time = || orders.snapshot().open_time;
    orders.force_open_for(5 * second);
    clock.advance(50 * second);
    assert_eq!(open_time(), 5 * second, "no call has released it yet");
    let _ = orders.call_blocking(|| Ok::<_, &str>(()));
    assert_eq!(open_time(), 5 * second);
    orders.trip();
    orders.force_open_for(5 * second);
    clock.advance(50 * second);
    assert_eq!(open_time(), 25 * second, "the cooldown outlasts the override");
    let _ = orders.call_blocking(|| Ok::<_, &str>(()));
    assert_eq!(open_time(), 25 * second);
}

#[test]
fn transitions_are_counted_by_states_and_reason() {
    let (registry, clock) = registry();
    let orders = registry
        .breaker("orders")
        .threshold(Threshold::failures(1))
        .build();
    let orders = orders.expect("valid settings");
    let _ = orders.call_blocking(|| Err::<(), _>("down"));
    clock.advance(Duration::from_secs(30));
    let _ = orders.call_blocking(|| Err::<(), _>("down"));
    clock.advance(Duration::from_secs(30));
    let _ = orders.call_blocking(|| Ok::<_, &str>(()));
    orders.force_open();
    assert_lines(
        &render(&registry),
        &[
            r#"fusebox_transitions_total{breaker="orders",from="closed",to="open",reason="failures"} 1"#,
            r#"fusebox_transitions_total{breaker="orders",from="open",to="half_open",reason="cooldown_elapsed"} 2"#,
            r#"fusebox_transitions_total{breaker="orders",from="half_open",to="open",reason="trial_failed"} 1"#,
            r#"fusebox_transitions_total{breaker="orders",from="half_open",to="closed",reason="trials_succeeded"} 1"#,
            r#"fusebox_transitions_total{breaker="orders",from="closed",to="forced_open",reason="override"} 1"#,
            r#"fusebox_open_seconds_total{breaker="orders"} 60"#,
        ],
    );
}

#[test]
fn a_failure_is_in_exactly_one_kind() {
    let (registry, clock) = registry();
    let orders = registry
        .breaker("orders")
        .threshold(Threshold::failures(100))
        .slow_call(Duration::from_secs(2))
        .build()
        .expect("valid settings");
    let slow = || clock.advance(Duration::from_secs(2));
    let _ = orders.call_blocking(|| Err::<(), _>("down"));
    let _ = orders.call_blocking(|| {
        slow();
        Err::<(), _>("down")
    });
    let _ = orders.call_blocking(|| {
        slow();
        Ok::<_, &str>(())
    });
    let panics = std::panic::catch_unwind(|| orders.call_blocking(|| -> Result<(), &str> { panic!("bug") }));
    assert!(panics.is_err());
    let kind = |kind: &str, calls: u64| {
        format!(r#"fusebox_calls_total{{breaker="orders",outcome="failure",kind="{kind}"}} {calls}"#)
    };
    let (text, totals) = (render(&registry), orders.snapshot().totals);
    assert_lines(
        &text,
        &[
            &kind("error", 2),
            &kind("slow", 1),
            &kind("panic", 1),
            &kind("timeout", 0),
        ],
    );
    assert_eq!((totals.failures, totals.slow), (4, 2));
}

#[test]
fn durations_are_in_buckets_if_they_are_recorded() {
    let (registry, clock) = registry();
    let builder = registry
        .breaker("orders")
        .threshold(Threshold::failures(100))
        .latency(true);
    let orders = builder.build().expect("valid settings");
    registry.breaker("quiet").build().expect("valid settings");
    for (millis, succeeds) in [(3, true), (40, true), (70_000, true), (3, false)] {
        let _ = orders.call_blocking(|| {
            clock.advance(Duration::from_millis(millis));
            if succeeds { Ok(()) } else { Err("down") }
        });
    }
    let text = render(&registry);
    assert_lines(
        &text,
        &[
            "# TYPE fusebox_call_duration_seconds histogram",
            r#"fusebox_call_duration_seconds_bucket{breaker="orders",outcome="success",le="0.0025"} 0"#,
            r#"fusebox_call_duration_seconds_bucket{breaker="orders",outcome="success",le="0.005"} 1"#,
            r#"fusebox_call_duration_seconds_bucket{breaker="orders",outcome="success",le="0.05"} 2"#,
            r#"fusebox_call_duration_seconds_bucket{breaker="orders",outcome="success",le="60.0"} 2"#,
            r#"fusebox_call_duration_seconds_bucket{breaker="orders",outcome="success",le="+Inf"} 3"#,
            r#"fusebox_call_duration_seconds_sum{breaker="orders",outcome="success"} 70.043"#,
            r#"fusebox_call_duration_seconds_count{breaker="orders",outcome="failure"} 1"#,
        ],
    );
    assert!(!text.contains(r#"duration_seconds_bucket{breaker="quiet""#));
}

#[test]
fn latency_can_be_switched_on_and_off_at_run_time() {
    let (registry, clock) = registry();
    let orders = registry.breaker("orders").build().expect("valid settings");
    let call = || {
        let _ = orders.call_blocking(|| {
            clock.advance(Duration::from_secs(1));
            Ok::<_, &str>(())
        });
    };
    let recorded = || orders.snapshot().latency.map(|latency| latency.successes.calls());
    call();
    assert_eq!(recorded(), None);
    let settings = orders.settings();
    orders
        .reconfigure(settings.with_latency(true))
        .expect("the window stays");
    assert_eq!(recorded(), Some(0));
    call();
    assert_eq!(recorded(), Some(1));
    let p99 = orders.snapshot().latency.and_then(|latency| latency.p99);
    let error = p99.expect("one call").as_secs_f64() - 1.0;
    assert!(error.abs() < 0.031, "{p99:?}");
    orders.reconfigure(settings).expect("the window stays");
    call();
    assert_eq!(recorded(), Some(1));
    assert_eq!(
        orders.snapshot().totals.slow,
        0,
        "a timed call is not slow by that"
    );
}

#[test]
fn a_rate_is_absent_below_the_minimum_of_calls() {
    let (registry, _) = registry();
    let builder = registry
        .breaker("orders")
        .threshold(Threshold::rate(0.5))
        .window(Window::calls(100));
    let orders = builder.minimum_calls(4).build().expect("valid settings");
    for answer in [Ok(()), Ok(()), Err("down"), Ok(())] {
        assert!(!render(&registry).contains("fusebox_failure_rate{"));
        let _ = orders.call_blocking(|| answer);
    }
    assert_lines(
        &render(&registry),
        &[r#"fusebox_failure_rate{breaker="orders"} 0.25"#],
    );
}

#[test]
fn a_fleet_is_shown_if_there_is_one() {
    let (registry, _) = registry();
    assert!(!render(&registry).contains("fusebox_fleet_up"));
    registry.set_fleet_health(Some(Box::new(|| FleetHealth {
        is_up: false,
        lag: Duration::from_millis(2_500),
    })));
    assert_lines(
        &render(&registry),
        &["fusebox_fleet_up 0", "fusebox_fleet_lag_seconds 2.5"],
    );
}

#[test]
fn the_older_format_names_counters_by_their_samples() {
    let (registry, _) = registry();
    registry
        .breaker("a \"quoted\" \\ name")
        .build()
        .expect("printable");
    let text = render_text(&registry);
    assert_lines(
        &text,
        &[
            "# TYPE fusebox_calls_total counter",
            r#"fusebox_state{breaker="a \"quoted\" \\ name",state="open"} 0"#,
        ],
    );
    assert!(!text.contains("# EOF") && !text.contains("# UNIT"));
}

/// The bench `scrape` measures an idle machine.
///
/// This bound is ten times as long.
#[test]
fn ten_thousand_breakers_are_rendered_in_time() {
    let (registry, _) = registry();
    for number in 0..10_000 {
        registry
            .breaker(format!("service-{number}"))
            .build()
            .expect("valid settings");
    }
    let bound = Duration::from_millis(if cfg!(debug_assertions) { 5_000 } else { 500 });
    let start = Instant::now();
    let text = render(&registry);
    let took = start.elapsed();
    assert!(took < bound, "{took:?}");
    assert_eq!(text.matches(r#"state="closed"} 1"#).count(), 10_000);
}
