//! Models of trips, against admissions, late results, successes and readers.
//!
//! Not covered: thresholds above two, windows longer than two calls, and results that end at
//! different times.

use std::time::Duration;

use loom::thread;

use crate::loom_tests::stage::{COOLDOWN, Stage, search};
use crate::{Rate, Settings, State, Threshold, Window, stats::striped};

const TWO_CONSECUTIVE: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(2));

/// Every kind of window, tripping at the second failure.
fn at_two_failures() -> [Settings; 5] {
    let all = Threshold::from_rate(Rate::from_millionths(1_000_000));
    let time = Window::time(Duration::from_secs(10));
    [
        TWO_CONSECUTIVE,
        TWO_CONSECUTIVE.with_window(time),
        TWO_CONSECUTIVE.with_window(Window::calls(2)),
        Settings::DEFAULT
            .with_threshold(all)
            .with_window(Window::calls(2))
            .with_minimum_calls(2),
        Settings::DEFAULT
            .with_threshold(all)
            .with_window(time)
            .with_minimum_calls(2),
    ]
}

#[test]
fn two_failures_together_trip_exactly_once() {
    for settings in at_two_failures() {
        search(move || {
            let stage = Stage::new(settings);
            let (one, two) = (
                stage.breaker.try_acquire_owned().expect("closed"),
                stage.breaker.try_acquire_owned().expect("closed"),
            );
            let failing = thread::spawn(move || {
                striped::set_stripe(0);
                one.failure();
            });
            striped::set_stripe(1);
            two.failure();
            failing.join().expect("no panic");
            assert_eq!(stage.breaker.state(), State::Open);
            assert_eq!(stage.path(), [State::Closed, State::Open]);
            assert_eq!(
                stage.breaker.generation(),
                1,
                "the second one did not trip what was open already"
            );
            assert_eq!(stage.breaker.snapshot().totals.failures, 2);
        });
    }
}

#[test]
fn a_trip_against_an_admission() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT.with_threshold(Threshold::failures(1)));
        let failing = stage.breaker.try_acquire_owned().expect("closed");
        let tripping = thread::spawn(move || failing.failure());
        let admitted = stage.breaker.try_acquire_owned();
        if let Err(rejected) = &admitted {
            assert_eq!(
                (rejected.state(), rejected.retry_after()),
                (State::Open, Some(COOLDOWN))
            );
        }
        let was_admitted = u64::from(admitted.is_ok());
        let _ = admitted.map(crate::OwnedPermit::success);
        tripping.join().expect("no panic");
        assert_eq!(
            stage.breaker.state(),
            State::Open,
            "a success of the old generation closes nothing"
        );
        let totals = stage.breaker.snapshot().totals;
        assert_eq!(
            (totals.calls(), totals.rejected),
            (1 + was_admitted, 1 - was_admitted)
        );
        assert_eq!(totals.failures, 1);
    });
}

#[test]
fn a_late_result_against_a_trip() {
    for late_is_failure in [false, true] {
        search(move || {
            let stage = Stage::new(Settings::DEFAULT.with_threshold(Threshold::failures(1)));
            let late = stage.breaker.try_acquire_owned().expect("closed");
            let breaker = stage.breaker.clone();
            let tripping = thread::spawn(move || breaker.trip());
            if late_is_failure {
                late.failure()
            } else {
                late.success()
            }
            tripping.join().expect("no panic");
            assert_eq!(
                stage.path(),
                [State::Closed, State::Open],
                "one trip, whoever won it"
            );
            assert_eq!(
                stage.breaker.try_acquire().expect_err("open").retry_after(),
                Some(COOLDOWN)
            );
            let totals = stage.breaker.snapshot().totals;
            assert_eq!(totals.successes + totals.failures, 1, "counted once");
        });
    }
}

#[test]
fn a_late_result_against_the_first_trial() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT.with_threshold(Threshold::failures(1)));
        let late = stage.breaker.try_acquire_owned().expect("closed");
        stage.breaker.trip();
        stage.advance(COOLDOWN);
        let ending = thread::spawn(move || late.failure());
        let trial = stage.breaker.try_acquire_owned().expect("the trial");
        ending.join().expect("no panic");
        assert_eq!(
            stage.breaker.state(),
            State::HalfOpen,
            "a late failure reopens nothing"
        );
        trial.success();
        assert_eq!(stage.breaker.state(), State::Closed);
        assert_eq!(stage.breaker.snapshot().totals.late, 1);
    });
}

#[test]
fn a_success_against_the_failure_that_would_trip() {
    search(|| {
        let stage = Stage::new(TWO_CONSECUTIVE);
        stage.breaker.try_acquire().expect("closed").failure();
        let (failing, succeeding) = (
            stage.breaker.try_acquire_owned().expect("closed"),
            stage.breaker.try_acquire_owned().expect("closed"),
        );
        let success = thread::spawn(move || succeeding.success());
        failing.failure();
        success.join().expect("no panic");
        match stage.breaker.state() {
            State::Open => assert_eq!(stage.path(), [State::Closed, State::Open]),
            _ => assert_eq!(
                stage.breaker.snapshot().window.failures,
                1,
                "the success came first, the failure after it"
            ),
        }
    });
}

#[test]
fn a_reader_never_sees_the_cooldown_over_before_it_is() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT.with_threshold(Threshold::failures(1)));
        let breaker = stage.breaker.clone();
        let failing = stage.breaker.try_acquire_owned().expect("closed");
        let reading = thread::spawn(move || (breaker.state(), breaker.snapshot().state));
        failing.failure();
        let read = reading.join().expect("no panic");
        assert_ne!(read.0, State::HalfOpen);
        assert_ne!(read.1, State::HalfOpen);
        assert!(
            !(read.0 == State::Open && read.1 == State::Closed),
            "the state does not go back"
        );
    });
}
