//! A window slides: it holds the last calls or the last seconds, and no others.
//!
//! This excludes a design that counts since the last reset. After 10,000 successes, that design
//! needs 10,000 failures to reach a failure rate of one half, and the breaker stays closed through
//! the outage.

use std::collections::VecDeque;
use std::sync::Barrier;
use std::thread;
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
    // One call every 100 ms: the window still holds 90 successes, then failures take their place
    // until they are half of it.
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

#[test]
fn a_success_is_judged_as_long_as_the_failure_is_in_the_window() {
    for (seconds, state) in [(9, State::Open), (10, State::Closed)] {
        let (breaker, clock) = breaker(|b| {
            b.threshold(Threshold::rate(0.5))
                .window(Window::time(secs(10)))
                .minimum_calls(2)
        });
        fail(&breaker);
        clock.advance(secs(seconds));
        succeed(&breaker);
        assert_eq!(breaker.state(), state, "a success {seconds} s after the failure");
    }
}

#[test]
fn more_threads_than_counters_count_in_one_window() {
    const THREADS: u32 = 40;
    let window = Window::time(secs(10));
    let (breaker, _clock) = breaker(|b| {
        b.threshold(Threshold::rate(1.0))
            .window(window)
            .minimum_calls(THREADS)
    });
    let barrier = Barrier::new(THREADS as usize);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (breaker, barrier) = (&breaker, &barrier);
            scope.spawn(move || {
                if number % 2 == 0 {
                    succeed(breaker);
                } else {
                    fail(breaker);
                }
                // No thread ends, and frees its counters, before all have counted.
                barrier.wait();
            });
        }
    });
    let window = breaker.snapshot().window;
    assert_eq!((window.calls, window.failures), (Some(40), 20));
}

#[test]
fn a_window_of_failure_times_holds_as_many_as_its_threshold_after_a_change() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(3)).window(Window::time(secs(10))));
    for threshold in [4, 2, 3] {
        let settings = breaker.settings().with_threshold(Threshold::failures(threshold));
        breaker.reconfigure(settings).expect("legal settings");
        for failures in 0..threshold {
            assert_eq!(breaker.snapshot().window.failures, u64::from(failures));
            breaker.try_acquire().expect("closed").failure();
        }
        assert_eq!(breaker.state(), State::Open);
        breaker.reset();
    }
}

#[test]
fn a_window_full_of_successes_is_empty_after_a_reset() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(3)).window(Window::calls(3)));
    for generation in 0..3 {
        assert_eq!(breaker.generation(), generation);
        for calls in 1..=5 {
            succeed(&breaker);
            assert_eq!(
                breaker.snapshot().window.calls,
                Some(calls.min(3)),
                "generation {generation}"
            );
        }
        breaker.reset();
    }
}

#[test]
fn a_run_of_successes_takes_the_place_of_the_oldest_calls_however_long_it_is() {
    const SIZE: usize = 200;
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(200)).window(Window::calls(200)));
    let mut last = VecDeque::from([false; SIZE]);
    (0..SIZE).for_each(|_| succeed(&breaker));
    for length in 1..SIZE {
        for _ in 0..length {
            succeed(&breaker);
            last.push_back(false);
        }
        for _ in 0..length % 90 {
            fail(&breaker);
            last.push_back(true);
        }
        // Reading the window enters the pending successes.
        let successes = length % 70;
        (0..successes).for_each(|_| succeed(&breaker));
        last.extend([false].repeat(successes));
        last.drain(..last.len() - SIZE);
        let failures = last.iter().filter(|failed| **failed).count() as u64;
        assert_eq!(breaker.snapshot().window.failures, failures, "{length}");
    }
}
