//! Disease 2: a stale result that closes, reopens or lengthens.
//!
//! It excludes the design in which a result is judged by the state that it *finds*: a success of a call that started before the trip
//! then closes a breaker that tested nothing, and its failure reopens one that has just recovered. Here a permit carries its
//! generation, and a result of an older one is counted as late and as nothing else.

use fusebox::{CircuitBreaker, OwnedPermit, State, Threshold, testing::ManualClock};
use fusebox_tests::stage::{breaker, fail, secs, succeed};

/// Open for ten seconds, with calls of the time before it.
fn tripped_with(calls: usize) -> (CircuitBreaker, ManualClock, Vec<OwnedPermit>) {
    let (breaker, clock) = breaker(|b| b.threshold(Threshold::failures(2)).cooldown(secs(10)));
    let old = (0..calls)
        .map(|_| breaker.try_acquire_owned().expect("closed"))
        .collect();
    fail(&breaker);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    (breaker, clock, old)
}

#[test]
fn a_stale_success_does_not_close() {
    let (breaker, clock, mut old) = tripped_with(2);
    old.pop().expect("a call").success();
    assert_eq!(breaker.state(), State::Open);
    clock.advance(secs(10));
    let trial = breaker.try_acquire().expect("the trial");
    old.pop().expect("a call").success();
    assert_eq!(breaker.state(), State::HalfOpen);
    trial.success();
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(breaker.snapshot().totals.late, 2);
}

#[test]
fn a_stale_failure_does_not_reopen() {
    let (breaker, clock, mut old) = tripped_with(4);
    clock.advance(secs(10));
    let trial = breaker.try_acquire().expect("the trial");
    old.pop().expect("a call").failure();
    assert_eq!(breaker.state(), State::HalfOpen);
    trial.success();
    for call in old {
        call.failure();
    }
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(breaker.snapshot().window.failures, 0);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Closed, "one failure of this generation");
}

#[test]
fn a_stale_trial_does_not_decide_about_the_next_half_open() {
    let (breaker, clock) = breaker(|b| {
        b.threshold(Threshold::failures(1))
            .cooldown(secs(10))
            .trial_calls(2)
    });
    fail(&breaker);
    clock.advance(secs(10));
    let (old, failing) = (
        breaker.try_acquire().expect("a slot"),
        breaker.try_acquire().expect("a slot"),
    );
    failing.failure();
    clock.advance(secs(10));
    succeed(&breaker);
    old.success();
    assert_eq!(
        breaker.state(),
        State::HalfOpen,
        "only one of its two trials has succeeded"
    );
    let (_one, none) = (
        breaker.try_acquire().expect("the second slot"),
        breaker.try_acquire(),
    );
    assert!(none.is_err(), "and the stale one freed no slot");
}

#[test]
fn a_stale_result_does_not_lengthen() {
    let (breaker, clock, old) = tripped_with(2);
    let before = breaker.try_acquire().expect_err("open").retry_after();
    clock.advance(secs(4));
    for call in old {
        call.failure();
    }
    let after = breaker.try_acquire().expect_err("open").retry_after();
    assert_eq!((before, after), (Some(secs(10)), Some(secs(6))));
    assert_eq!(breaker.snapshot().reopenings, 0);
}
