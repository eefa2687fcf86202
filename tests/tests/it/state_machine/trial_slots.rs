//! A trial slot is always given back.
//!
//! This excludes a design in which only a *result* frees a slot. There, a cancelled caller, a
//! panic, a future that is never polled or a hung service keeps the slot, and the breaker rejects
//! every call for the life of the process.

use fusebox::{CircuitBreaker, State};
use fusebox_tests::by_hand::{caught, hang, now, panic, poll};
use fusebox_tests::stage::{at_the_edge, secs, succeed};

fn it_can_still_close(breaker: &CircuitBreaker) {
    succeed(breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_cancelled_trial_gives_its_slot_back() {
    let (breaker, _clock) = at_the_edge(1);
    let mut trial = Box::pin(breaker.call(hang::<Result<(), ()>>()));
    assert!(poll(&mut trial).is_pending());
    assert!(breaker.try_acquire().is_err(), "the slot is taken");
    drop(trial);
    it_can_still_close(&breaker);
}

#[test]
fn a_dropped_permit_gives_its_slot_back() {
    let (breaker, _clock) = at_the_edge(1);
    drop(breaker.try_acquire().expect("the trial"));
    drop(breaker.try_acquire_owned().expect("the trial"));
    it_can_still_close(&breaker);
}

#[test]
fn a_trial_that_panics_reopens_and_gives_its_slot_back() {
    let (breaker, clock) = at_the_edge(1);
    assert!(
        caught(|| now(breaker.call(panic::<Result<(), ()>>()))).is_err(),
        "the panic goes on"
    );
    assert_eq!(breaker.state(), State::Open);
    clock.advance(secs(10));
    it_can_still_close(&breaker);
}

#[test]
fn a_future_that_is_never_polled_takes_no_slot() {
    let (breaker, _clock) = at_the_edge(1);
    let unpolled = breaker.call(async { Ok::<(), ()>(()) });
    let generation = breaker.generation();
    drop(unpolled);
    assert_eq!(breaker.generation(), generation);
    assert_eq!(
        breaker.snapshot().totals.calls(),
        1,
        "only the failure that tripped"
    );
    it_can_still_close(&breaker);
}

#[test]
fn a_hung_trial_delays_by_one_cooldown() {
    let (breaker, clock) = at_the_edge(1);
    let mut hung = Box::pin(breaker.call(hang::<Result<(), ()>>()));
    assert!(poll(&mut hung).is_pending());
    for _ in 0..9 {
        clock.advance(secs(1));
        let rejected = breaker.try_acquire().expect_err("within the cooldown");
        assert!(rejected.retry_after() <= Some(secs(9)), "{rejected}");
    }
    clock.advance(secs(1));
    it_can_still_close(&breaker);
}

#[test]
fn every_slot_may_hang_and_it_still_closes() {
    let (breaker, clock) = at_the_edge(3);
    let hung: Vec<_> = (0..3).map(|_| breaker.try_acquire().expect("a slot")).collect();
    for _ in 0..2 {
        clock.advance(secs(10));
        succeed(&breaker);
        assert!(breaker.try_acquire().is_err(), "one extra trial per cooldown");
        assert_eq!(breaker.state(), State::HalfOpen);
    }
    clock.advance(secs(10));
    it_can_still_close(&breaker);
    drop(hung);
    assert_eq!(breaker.snapshot().totals.cancelled, 3);
}
