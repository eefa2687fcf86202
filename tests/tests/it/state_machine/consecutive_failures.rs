//! Consecutive failures are consecutive: a success resets the count.
//!
//! This excludes a design in which the count is cumulative, or reset only in `HalfOpen`. There, a
//! service that fails once in a thousand calls trips after five thousand.

use fusebox::{CircuitBreaker, State, Threshold};
use fusebox_tests::by_hand::now;
use fusebox_tests::stage::{breaker, fail, succeed};

const BETWEEN: usize = 1_000;

fn live(breaker: &CircuitBreaker, one_success: impl Fn(&CircuitBreaker)) {
    for _ in 0..50 {
        for _ in 0..4 {
            fail(breaker);
        }
        assert_eq!(breaker.snapshot().window.failures, 4);
        for _ in 0..BETWEEN {
            one_success(breaker);
        }
        assert_eq!(breaker.snapshot().window.failures, 0);
    }
    assert_eq!(breaker.state(), State::Closed);
    for _ in 0..5 {
        fail(breaker);
    }
    assert_eq!(breaker.state(), State::Open, "five in a row do trip");
}

#[test]
fn single_failures_among_a_thousand_successes_never_trip() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(5)));
    live(&breaker, succeed);
}

#[test]
fn successes_through_call_reset_the_count_too() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(5)));
    live(&breaker, |breaker| {
        now(breaker.call(async { Ok::<(), ()>(()) })).expect("closed");
    });
}

#[test]
fn an_ignored_or_cancelled_call_is_not_a_success() {
    let (breaker, _clock) = breaker(|b| b.threshold(Threshold::failures(2)));
    fail(&breaker);
    breaker.try_acquire().expect("closed").ignore();
    drop(breaker.try_acquire());
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}
