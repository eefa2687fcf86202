//! Disease 5: a window that does not slide.
//!
//! It excludes the design in which counts are kept from the last reset: after 10,000 successes it takes 10,000 failures to reach one
//! half, and the breaker sleeps through the outage. Here a count window holds the last so many calls, a time window the last so much
//! time, whatever came before.

use std::time::Duration;

use fusebox::{CircuitBreaker, CircuitBreakerBuilder, State, Threshold, Window};
use fusebox_tests::stage::{breaker, fail, secs, succeed};

const SUCCESSES: usize = 10_000;

/// How many failures trip it after so many successes, a fixed time apart.
fn failures_until_it_trips(
    settings: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder,
    apart: Duration,
) -> usize {
    let (breaker, clock) = breaker(settings);
    for _ in 0..SUCCESSES {
        succeed(&breaker);
        clock.advance(apart);
    }
    (1..=SUCCESSES)
        .find(|_| {
            fail(&breaker);
            clock.advance(apart);
            is_open(&breaker)
        })
        .expect("it trips")
}

fn is_open(breaker: &CircuitBreaker) -> bool {
    breaker.state() == State::Open
}

#[test]
fn half_of_the_last_20_calls_is_10_failures() {
    let settings = |b: CircuitBreakerBuilder| b.threshold(Threshold::rate(0.5)).window(Window::calls(20));
    assert_eq!(failures_until_it_trips(settings, Duration::ZERO), 10);
}

#[test]
fn the_largest_count_window_slides_too() {
    let settings = |b: CircuitBreakerBuilder| b.threshold(Threshold::rate(0.1)).window(Window::calls(10_000));
    assert_eq!(failures_until_it_trips(settings, Duration::ZERO), 1_000);
}

#[test]
fn five_of_the_last_20_calls_are_5_failures() {
    let settings = |b: CircuitBreakerBuilder| b.threshold(Threshold::failures(5)).window(Window::calls(20));
    assert_eq!(failures_until_it_trips(settings, Duration::ZERO), 5);
}

#[test]
fn half_of_the_last_10_seconds_is_half_of_the_calls_in_them() {
    // One call every 100 ms: 90 successes of the nine slices before, and failures until they are as many as what is left.
    let settings =
        |b: CircuitBreakerBuilder| b.threshold(Threshold::rate(0.5)).window(Window::time(secs(10)));
    let failures = failures_until_it_trips(settings, Duration::from_millis(100));
    assert!(
        (45..=55).contains(&failures),
        "half of 100 calls, within one slice: {failures}"
    );
}

#[test]
fn five_failures_within_10_seconds_are_5_failures() {
    let settings =
        |b: CircuitBreakerBuilder| b.threshold(Threshold::failures(5)).window(Window::time(secs(10)));
    assert_eq!(failures_until_it_trips(settings, Duration::from_millis(100)), 5);
}

#[test]
fn old_failures_leave_the_window() {
    let (breaker, clock) = breaker(|b| b.threshold(Threshold::failures(5)).window(Window::time(secs(10))));
    for _ in 0..1_000 {
        fail(&breaker);
        clock.advance(Duration::from_millis(2_500));
    }
    assert_eq!(
        breaker.state(),
        State::Closed,
        "never more than four within ten seconds"
    );
}

#[test]
fn old_failures_leave_the_last_calls() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(5)).window(Window::calls(20)));
    for _ in 0..1_000 {
        fail(&breaker);
        for _ in 0..4 {
            succeed(&breaker);
        }
        assert_eq!(
            breaker.state(),
            State::Closed,
            "never more than four among the last twenty"
        );
    }
}
