//! Every accepted configuration can close again (R19).
//!
//! This excludes a design in which trial calls feed the window of Closed and wait for its minimum
//! of calls. There, nothing is ever decided if `minimum_calls` is above `trial_calls`.

use fusebox::{
    CircuitBreaker, CircuitBreakerBuilder, ConfigError, Registry, State, Threshold, Window,
    testing::ManualClock,
};
use fusebox_tests::stage::{secs, succeed};

const COOLDOWN: u64 = 10;

/// Every combination that the builder accepts.
fn accepted() -> Vec<(String, CircuitBreaker, ManualClock)> {
    let mut accepted = Vec::new();
    let mut refused = 0;
    for trial_calls in 1..=5 {
        for (name, window) in windows() {
            for minimum_calls in [None, Some(1), Some(5), Some(20), Some(50)] {
                for slow in [None, Some(None), Some(Some(0.5)), Some(Some(1.0))] {
                    let clock = ManualClock::new();
                    let registry = Registry::builder().clock(clock.clone()).build();
                    let builder = registry
                        .breaker("subject")
                        .cooldown(secs(COOLDOWN))
                        .trial_calls(trial_calls);
                    let builder = window(builder);
                    let builder = minimum_calls
                        .into_iter()
                        .fold(builder, CircuitBreakerBuilder::minimum_calls);
                    let builder = slow.into_iter().fold(builder, |b, _| b.slow_call(secs(COOLDOWN)));
                    let builder = slow
                        .flatten()
                        .into_iter()
                        .fold(builder, CircuitBreakerBuilder::slow_threshold);
                    let described =
                        format!("{name}, {trial_calls} trials, minimum {minimum_calls:?}, slow {slow:?}");
                    match builder.build() {
                        Ok(breaker) => accepted.push((described, breaker, clock)),
                        Err(error) => refused += usize::from(is_expected(&error, &described)),
                    }
                }
            }
        }
    }
    println!("{} configurations accepted, {refused} refused", accepted.len());
    assert_eq!(accepted.len() + refused, 5 * windows().len() * 5 * 4);
    accepted
}

type Set = fn(CircuitBreakerBuilder) -> CircuitBreakerBuilder;

fn windows() -> [(&'static str, Set); 6] {
    [
        ("2 failures in a row", |b| b.threshold(Threshold::failures(2))),
        ("2 failures in 20 calls", |b| {
            b.threshold(Threshold::failures(2)).window(Window::calls(20))
        }),
        ("2 failures in 10 s", |b| {
            b.threshold(Threshold::failures(2)).window(Window::time(secs(10)))
        }),
        ("half of 20 calls", |b| {
            b.threshold(Threshold::rate(0.5)).window(Window::calls(20))
        }),
        ("all of 50 calls", |b| {
            b.threshold(Threshold::rate(1.0)).window(Window::calls(50))
        }),
        ("half of 10 s", |b| {
            b.threshold(Threshold::rate(0.5)).window(Window::time(secs(10)))
        }),
    ]
}

/// Refusals are those that the documentation names, and nothing else.
fn is_expected(error: &ConfigError, described: &str) -> bool {
    let expected = matches!(
        error,
        ConfigError::MinimumNeedsRate { .. }
            | ConfigError::MinimumExceedsWindow { .. }
            | ConfigError::SlowThresholdNeedsWindow { .. }
    );
    assert!(expected, "{described}: {error}");
    expected
}

#[test]
fn every_configuration_closes_against_a_healthy_service() {
    for (described, breaker, clock) in accepted() {
        breaker.trip();
        clock.advance(secs(COOLDOWN));
        for _ in 0..breaker.settings().trial_calls() {
            assert_eq!(breaker.state(), State::HalfOpen, "{described}");
            succeed(&breaker);
        }
        assert_eq!(breaker.state(), State::Closed, "{described}");
    }
}

#[test]
fn hung_trials_delay_it_by_at_most_as_many_cooldowns() {
    for (described, breaker, clock) in accepted() {
        breaker.trip();
        clock.advance(secs(COOLDOWN));
        let trial_calls = breaker.settings().trial_calls();
        let hung: Vec<_> = (0..trial_calls)
            .map(|_| breaker.try_acquire().expect("a slot"))
            .collect();
        for _ in 0..trial_calls {
            assert_eq!(breaker.state(), State::HalfOpen, "{described}");
            clock.advance(secs(COOLDOWN));
            succeed(&breaker);
        }
        assert_eq!(breaker.state(), State::Closed, "{described}");
        drop(hung);
        assert_eq!(breaker.state(), State::Closed, "{described}");
    }
}

#[test]
fn every_configuration_trips_on_a_dead_service() {
    for (described, breaker, _clock) in accepted() {
        let trips = (0..200).any(|_| {
            breaker.try_acquire().map(fusebox::Permit::failure).is_err() || breaker.state() == State::Open
        });
        assert!(trips, "{described}");
    }
}
