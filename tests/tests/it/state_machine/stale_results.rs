//! A stale result is counted as late and changes nothing else.
//! Its call was admitted in an older generation.
//!
//! This excludes two designs:
//!
//! * A result is judged by the state that it finds. Then the success of a call from before the trip
//!   closes a breaker that tested nothing, and its failure reopens a breaker that has just
//!   recovered.
//! * Open stores the time of the last failure. Then the calls that were in flight at the trip fail
//!   one after the other, and each of them moves the end of the cooldown.

use fusebox::{CircuitBreaker, OwnedPermit, State, Threshold, testing::ManualClock};
use fusebox_tests::stage::{at_the_edge, breaker, fail, millis, secs, succeed};

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
    let (breaker, clock) = at_the_edge(2);
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

#[test]
fn a_hundred_late_failures_do_not_move_the_end_of_the_cooldown() {
    let (breaker, clock) = breaker(|b| b.threshold(Threshold::failures(1)).cooldown(secs(100)));
    let in_flight: Vec<_> = (0..99).map(|_| breaker.try_acquire().expect("closed")).collect();
    fail(&breaker);
    for (second, call) in (1_u64..).zip(in_flight) {
        clock.advance(secs(1));
        call.failure();
        let rejected = breaker.try_acquire().expect_err("open");
        assert_eq!(rejected.retry_after(), Some(secs(100 - second)));
    }
    clock.advance(secs(1));
    assert_eq!(breaker.state(), State::HalfOpen, "100 s after the trip");
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn late_results_in_half_open_do_not_move_the_next_extra_trial() {
    let (breaker, clock) = breaker(|b| b.threshold(Threshold::failures(1)).cooldown(secs(10)));
    let late = breaker.try_acquire().expect("closed");
    fail(&breaker);
    clock.advance(secs(10));
    let _hung = breaker.try_acquire().expect("the trial");
    clock.advance(secs(9));
    late.failure();
    clock.advance(millis(999));
    breaker.try_acquire().expect_err("within the cooldown");
    clock.advance(millis(1));
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}
