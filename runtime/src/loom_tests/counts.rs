//! Models of what is counted without a common lock.
//!
//! Statistics, and the healthy shortcut of a count window.
//!
//! Not covered: threads that end while others begin (stripes that change hands are ordered by a
//! mutex of std), and more than one shared writer beside one owner.

use loom::thread;

use crate::loom_tests::stage::{Stage, search};
use crate::{Settings, State, Threshold, Window, stats::striped};

fn succeed(stage: &Stage) {
    stage.breaker.try_acquire().expect("closed").success();
}

fn fail(stage: &Stage) {
    stage.breaker.try_acquire().expect("closed").failure();
}

#[test]
fn statistics_summed_while_they_are_written() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let (owner, sharer) = (stage.clone(), stage.clone());
        let owning = thread::spawn(move || {
            striped::set_stripe(0);
            succeed(&owner);
            succeed(&owner);
        });
        let sharing = thread::spawn(move || succeed(&sharer));
        let first = stage.breaker.snapshot().totals.successes;
        let second = stage.breaker.snapshot().totals.successes;
        assert!(
            first <= second && second <= 3,
            "{first}, {second}: never back, never ahead"
        );
        owning.join().expect("no panic");
        sharing.join().expect("no panic");
        assert_eq!(stage.breaker.snapshot().totals.successes, 3, "exact when quiet");
    });
}

#[test]
fn a_healthy_shortcut_loses_no_failure() {
    search(|| {
        let settings = Settings::DEFAULT
            .with_threshold(Threshold::failures(2))
            .with_window(Window::calls(3));
        let stage = Stage::new(settings);
        for _ in 0..3 {
            succeed(&stage);
        }
        let other = stage.clone();
        let succeeding = thread::spawn(move || succeed(&other));
        fail(&stage);
        succeeding.join().expect("no panic");
        let window = stage.breaker.snapshot().window;
        assert_eq!((window.calls, window.failures), (Some(3), 1));
        fail(&stage);
        assert_eq!(
            stage.breaker.state(),
            State::Open,
            "two failures among the last three calls"
        );
    });
}

/// A full ring: two failures, the older ones, and a success.
fn nearly_healthy() -> Stage {
    let settings = Settings::DEFAULT
        .with_threshold(Threshold::failures(3))
        .with_window(Window::calls(3));
    let stage = Stage::new(settings);
    fail(&stage);
    fail(&stage);
    succeed(&stage);
    stage
}

#[test]
fn a_success_that_waits_is_entered_before_the_failure_that_follows() {
    search(|| {
        let stage = nearly_healthy();
        let other = stage.clone();
        let succeeding = thread::spawn(move || succeed(&other));
        fail(&stage);
        succeeding.join().expect("no panic");
        assert_eq!(
            stage.breaker.state(),
            State::Closed,
            "never three failures among three calls"
        );
        let window = stage.breaker.snapshot().window;
        assert_eq!((window.calls, window.failures), (Some(3), 1));
    });
}

#[test]
fn two_successes_that_wait_are_both_entered() {
    search(|| {
        let stage = nearly_healthy();
        let other = stage.clone();
        let succeeding = thread::spawn(move || succeed(&other));
        succeed(&stage);
        let reading = stage.breaker.snapshot().window.failures;
        assert!(reading <= 1, "the success of this thread is entered: {reading}");
        succeeding.join().expect("no panic");
        assert_eq!(stage.breaker.snapshot().window.failures, 0);
    });
}

#[test]
fn two_failures_in_a_shadow_window_never_trip() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT.with_threshold(Threshold::failures(2)));
        stage.breaker.force_closed();
        let other = stage.clone();
        let failing = thread::spawn(move || fail(&other));
        fail(&stage);
        failing.join().expect("no panic");
        assert_eq!(stage.breaker.state(), State::ForcedClosed);
        assert_eq!(
            stage.breaker.snapshot().window.failures,
            0,
            "reached, told, and emptied"
        );
        assert_eq!(stage.breaker.snapshot().totals.failures, 2);
    });
}
