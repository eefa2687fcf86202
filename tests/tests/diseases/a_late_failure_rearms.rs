//! Disease 3: late failures that re-arm the cooldown.
//!
//! It excludes the design in which Open stores "the time of the last failure" and every failure writes it: under load the calls that
//! were in flight at the trip fail one after the other and push the end of the cooldown ahead of them, so that it opens once and stays.
//! Here the cooldown runs from the clock reading of the call that won the trip, and nothing that comes later moves it.

use fusebox::{State, Threshold};
use fusebox_tests::stage::{breaker, fail, secs, succeed};

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
    assert_eq!(
        breaker
            .try_acquire()
            .expect_err("within the cooldown")
            .retry_after(),
        Some(secs(1))
    );
    clock.advance(secs(1));
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}
