//! Models of a rate over time: healthy calls in buckets of their thread, all
//! others behind a mutex, a fence between.
//!
//! Not covered: more than two threads, and a thread that is held up between its reading of the
//! clock and the count until two buckets have begun.

use std::time::Duration;

use loom::thread;

use crate::loom_tests::stage::{Stage, search};
use crate::{Settings, State, Threshold, Window, stats::striped};

fn settings(minimum_calls: u32) -> Settings {
    Settings::DEFAULT
        .with_threshold(Threshold::rate(0.5))
        .with_window(Window::time(Duration::from_secs(10)))
        .with_minimum_calls(minimum_calls)
}

fn end(stage: &Stage, succeeds: bool) {
    // Rejected if the other thread has tripped the breaker.
    if let Ok(permit) = stage.breaker.try_acquire() {
        if succeeds {
            permit.success();
        } else {
            permit.failure();
        }
    }
}

/// Another thread, which owns these buckets: moves the clock, then makes these
/// calls.
fn beside(stage: &Stage, buckets: usize, seconds: u64, calls: &'static [bool]) -> thread::JoinHandle<()> {
    let stage = stage.clone();
    thread::spawn(move || {
        striped::set_stripe(buckets);
        stage.advance(Duration::from_secs(seconds));
        for &succeeds in calls {
            end(&stage, succeeds);
        }
    })
}

/// Two threads with buckets of their own, and how their calls end.
fn race(stage: &Stage, first: &'static [bool], second: &'static [bool]) {
    let (one, other) = (beside(stage, 0, 0, first), beside(stage, 1, 0, second));
    one.join().expect("no panic");
    other.join().expect("no panic");
}

fn calls_and_failures(stage: &Stage) -> (Option<u64>, u64) {
    let window = stage.breaker.snapshot().window;
    (window.calls, window.failures)
}

#[test]
fn a_success_and_a_failure_that_reach_the_rate_together_trip() {
    search(|| {
        let stage = Stage::new(settings(2));
        race(&stage, &[true], &[false]);
        assert_eq!(stage.breaker.state(), State::Open);
    });
}

#[test]
fn two_failures_that_reach_the_rate_together_trip() {
    search(|| {
        let stage = Stage::new(settings(2));
        race(&stage, &[false], &[false]);
        assert_eq!(stage.breaker.state(), State::Open);
    });
}

#[test]
fn a_thread_that_has_enough_calls_hides_none_of_them() {
    search(|| {
        let stage = Stage::new(settings(2));
        // The second success of the thread is exempt: the failures see both, or the successes see a
        // failure.
        race(&stage, &[true, true, true], &[false, false]);
        match stage.breaker.state() {
            State::Open => {}
            _ => assert_eq!(calls_and_failures(&stage), (Some(5), 2), "all three came first"),
        }
    });
}

#[test]
fn a_thread_that_begins_the_next_bucket_loses_nothing_of_the_window() {
    search(|| {
        let stage = Stage::new(settings(4));
        striped::set_stripe(0);
        end(&stage, true);
        stage.advance(Duration::from_secs(1));
        race(&stage, &[true, true], &[false]);
        assert_eq!(calls_and_failures(&stage), (Some(4), 1));
    });
}

#[test]
fn a_shadow_window_is_emptied_for_every_thread() {
    search(|| {
        let stage = Stage::new(settings(1));
        stage.breaker.force_closed();
        race(&stage, &[true], &[false]);
        let (calls, failures) = calls_and_failures(&stage);
        assert!(
            matches!((calls, failures), (Some(0 | 1), 0) | (Some(2), 1)),
            "{calls:?}, {failures}"
        );
        assert_eq!(stage.breaker.state(), State::ForcedClosed);
    });
}

/// Calls of the first thread, then time passes.
fn before(stage: &Stage, calls: &[bool], seconds: u64) {
    striped::set_stripe(0);
    for &succeeds in calls {
        end(stage, succeeds);
    }
    stage.advance(Duration::from_secs(seconds));
}

#[test]
fn a_sum_made_while_a_bucket_begins_is_of_one_window() {
    search(|| {
        let stage = Stage::new(settings(3));
        before(&stage, &[true, true, true, true, true, false, false], 9);
        striped::set_stripe(1);
        let other = beside(&stage, 0, 1, &[true]);
        end(&stage, false);
        other.join().expect("no panic");
        // After 9 s it is 3 of 8. After 10 s it is 1 of 2 at most, and 3 calls are needed.
        assert_eq!(stage.breaker.state(), State::Closed);
    });
}

#[test]
fn a_shadow_window_is_emptied_also_while_a_bucket_begins() {
    search(|| {
        let stage = Stage::new(settings(3));
        stage.breaker.force_closed();
        before(&stage, &[true, true], 1);
        let other = beside(&stage, 1, 0, &[false, false]);
        end(&stage, true);
        other.join().expect("no panic");
        let (calls, failures) = calls_and_failures(&stage);
        assert!(failures > 0 || calls <= Some(1), "{calls:?}, {failures}");
    });
}

#[test]
fn a_bucket_that_ends_between_the_clock_and_the_count_hides_no_trip() {
    search(|| {
        let stage = Stage::new(settings(4));
        before(&stage, &[true, true, false], 9);
        end(&stage, true);
        let other = beside(&stage, 1, 1, &[false, false]);
        end(&stage, true);
        other.join().expect("no panic");
        // 2 of 4 in the window after 10 s, whichever thread came first.
        assert_eq!(
            stage.breaker.state(),
            State::Open,
            "{:?}",
            calls_and_failures(&stage)
        );
    });
}
