//! Models of the half-open edge.
//!
//! Admissions, dropped trials, expired leases, and the last result.
//!
//! Not covered: more than three callers, more than two slots, and a clock that moves while callers
//! make their calls.

use loom::thread;

use crate::loom_tests::stage::{COOLDOWN, Stage, search};
use crate::{CallError, Settings, State, Threshold};

const ONE_SLOT: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(1));

#[test]
fn two_callers_at_the_end_of_the_cooldown_share_one_slot() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT);
        let other = stage.breaker.clone();
        let there = thread::spawn(move || other.try_acquire_owned().ok());
        let here = stage.breaker.try_acquire_owned().ok();
        let there = there.join().expect("no panic");
        assert!(here.is_some() != there.is_some(), "exactly one is admitted");
        assert_eq!(stage.path(), [State::Closed, State::Open, State::HalfOpen]);
        assert_eq!(stage.breaker.snapshot().totals.rejected, 1);
    });
}

#[test]
fn three_callers_share_two_slots() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT.with_trial_calls(2));
        let ask = || {
            let breaker = stage.breaker.clone();
            thread::spawn(move || breaker.try_acquire_owned().ok())
        };
        let (one, two) = (ask(), ask());
        let permits = [
            stage.breaker.try_acquire_owned().ok(),
            one.join().expect("no panic"),
            two.join().expect("no panic"),
        ];
        assert_eq!(permits.iter().flatten().count(), 2);
        assert_eq!(stage.breaker.snapshot().trials.in_flight, 2);
    });
}

#[test]
fn a_dropped_trial_against_the_next_admission() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT);
        let trial = stage.breaker.try_acquire_owned().expect("the slot");
        let dropping = thread::spawn(move || drop(trial));
        let next = stage.breaker.try_acquire_owned().ok();
        dropping.join().expect("no panic");
        let taken = u32::from(next.is_some());
        assert_eq!(stage.breaker.snapshot().trials.in_flight, taken);
        assert_eq!(
            stage.breaker.try_acquire_owned().is_ok(),
            next.is_none(),
            "the slot is free or taken, never lost"
        );
    });
}

#[test]
fn an_expired_lease_against_a_late_success() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT);
        let overstaying = stage.breaker.try_acquire_owned().expect("the slot");
        stage.advance(COOLDOWN);
        let succeeding = thread::spawn(move || overstaying.success());
        let next = stage
            .breaker
            .try_acquire_owned()
            .expect("an extra trial, or a call in Closed");
        succeeding.join().expect("no panic");
        assert_eq!(
            stage.breaker.state(),
            State::Closed,
            "a trial that overstays keeps its voice"
        );
        next.success();
        assert_eq!(stage.breaker.state(), State::Closed);
        assert_eq!(
            stage.path(),
            [State::Closed, State::Open, State::HalfOpen, State::Closed]
        );
        let totals = stage.breaker.snapshot().totals;
        assert_eq!((totals.successes, totals.calls()), (2, 2));
    });
}

#[test]
fn two_callers_after_an_expired_lease_get_one_extra_trial() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT);
        let _hung = stage.breaker.try_acquire_owned().expect("the slot");
        stage.advance(COOLDOWN);
        let other = stage.breaker.clone();
        let there = thread::spawn(move || other.try_acquire_owned().ok());
        let here = stage.breaker.try_acquire_owned().ok();
        let there = there.join().expect("no panic");
        assert!(here.is_some() != there.is_some(), "one extra trial per cooldown");
    });
}

#[test]
fn the_last_success_against_a_failure() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT.with_trial_calls(2));
        let first = stage.breaker.try_acquire_owned().expect("a slot");
        let last = stage.breaker.try_acquire_owned().expect("a slot");
        first.success();
        stage.advance(COOLDOWN);
        let extra = stage.breaker.try_acquire_owned().expect("the extra trial");
        let failing = thread::spawn(move || extra.failure());
        last.success();
        failing.join().expect("no panic");
        let totals = stage.breaker.snapshot().totals;
        match stage.breaker.state() {
            State::Closed | State::Open => {
                assert_eq!((totals.successes, totals.failures, totals.late), (2, 1, 1));
            }
            state => panic!("{state:?}: one of the two decides"),
        }
        assert_eq!(stage.path().len(), 4);
    });
}

#[test]
fn two_last_successes_close_once() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT.with_trial_calls(2));
        let (one, two) = (
            stage.breaker.try_acquire_owned().expect("a slot"),
            stage.breaker.try_acquire_owned().expect("a slot"),
        );
        let succeeding = thread::spawn(move || one.success());
        two.success();
        succeeding.join().expect("no panic");
        assert_eq!(
            stage.path(),
            [State::Closed, State::Open, State::HalfOpen, State::Closed]
        );
        assert_eq!(stage.breaker.snapshot().totals.successes, 2);
    });
}

#[test]
fn two_abandoned_trials_reopen_once() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT.with_trial_calls(2));
        for _ in 0..3 {
            drop(stage.breaker.try_acquire_owned().expect("a slot"));
        }
        let (one, two) = (
            stage.breaker.try_acquire_owned().expect("a slot"),
            stage.breaker.try_acquire_owned().expect("a slot"),
        );
        let dropping = thread::spawn(move || drop(one));
        drop(two);
        dropping.join().expect("no panic");
        assert_eq!(
            stage.path(),
            [State::Closed, State::Open, State::HalfOpen, State::Open],
            "the fifth one reopens"
        );
        assert_eq!(stage.breaker.snapshot().reopenings, 1);
        assert_eq!(stage.breaker.snapshot().totals.cancelled, 5);
    });
}

#[test]
fn a_cancelled_extra_trial_gives_one_admission_back() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT);
        let _hung = stage.breaker.try_acquire_owned().expect("the slot");
        stage.advance(COOLDOWN);
        let extra = stage.breaker.try_acquire_owned().expect("the extra trial call");
        let dropping = thread::spawn(move || drop(extra));
        let here = stage.breaker.try_acquire_owned().ok();
        dropping.join().expect("no panic");
        let next = stage.breaker.try_acquire_owned().ok();
        assert!(here.is_some() != next.is_some(), "exactly one more is admitted");
    });
}

#[test]
fn r20_a_call_inside_a_trial_call_against_a_caller_outside() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT);
        let other = stage.breaker.clone();
        let outside = thread::spawn(move || other.call_blocking(|| Ok::<_, ()>(())).is_ok());
        let mut was_inner_admitted = None;
        let outer = stage.breaker.call_blocking(|| {
            let inner = stage.breaker.call_blocking(|| Ok::<_, ()>(()));
            was_inner_admitted = Some(inner.is_ok());
            Ok::<_, ()>(())
        });
        let outside = outside.join().expect("no panic");
        assert!(outer.is_ok() || outside, "one of them makes the trial call");
        assert_eq!(was_inner_admitted, outer.is_ok().then_some(true));
        let successes = 2 * u64::from(outer.is_ok()) + u64::from(outside);
        let totals = stage.breaker.snapshot().totals;
        assert_eq!((totals.successes, totals.late), (successes, 0));
        assert_eq!(
            stage.path(),
            [State::Closed, State::Open, State::HalfOpen, State::Closed]
        );
    });
}

#[test]
fn r20_the_calls_inside_two_trial_calls_take_no_slot() {
    search(|| {
        let stage = Stage::at_the_edge(ONE_SLOT.with_trial_calls(2));
        let other = stage.breaker.clone();
        let there = thread::spawn(move || {
            let outer = other.call_blocking(|| {
                let inner = other.call_blocking(|| Err::<(), _>("the outer call decides"));
                assert!(matches!(inner, Err(CallError::Inner(_))), "admitted");
                Ok::<_, &str>(())
            });
            outer.is_ok()
        });
        let here = stage.breaker.call_blocking(|| {
            let inner = stage.breaker.try_acquire().map(drop);
            inner.map_err(|_| "rejected")
        });
        assert_eq!((here, there.join().expect("no panic")), (Ok(()), true));
        let totals = stage.breaker.snapshot().totals;
        assert_eq!(
            (
                totals.successes,
                totals.failures,
                totals.cancelled,
                totals.rejected
            ),
            (2, 1, 1, 0)
        );
        assert_eq!(stage.breaker.state(), State::Closed);
    });
}
