//! Models of a share of the last so much time: healthy calls in lanes, all others behind a lock, a fence between.
//!
//! Not covered: more than one lane that goes on to a new slice while a sum is made, and a thread that is held up for a whole slice
//! between reading the clock and counting.

use std::time::Duration;

use loom::thread;

use super::stage::{Stage, search};
use crate::{Settings, State, Threshold, Window, stripe};

fn settings(minimum_calls: u32) -> Settings {
    Settings::DEFAULT
        .with_threshold(Threshold::rate(0.5))
        .with_window(Window::time(Duration::from_secs(10)))
        .with_minimum_calls(minimum_calls)
}

fn end(stage: &Stage, succeeds: bool) {
    // Refused where the other thread has tripped it.
    if let Ok(permit) = stage.breaker.try_acquire() {
        if succeeds {
            permit.success();
        } else {
            permit.failure();
        }
    }
}

/// Two threads with lanes of their own, and how their calls end.
fn race(stage: &Stage, first: &'static [bool], second: &'static [bool]) {
    let run = |lane, calls: &'static [bool]| {
        let stage = stage.clone();
        thread::spawn(move || {
            stripe::set_number(lane);
            for &succeeds in calls {
                end(&stage, succeeds);
            }
        })
    };
    let (one, other) = (run(0, first), run(1, second));
    one.join().expect("no panic");
    other.join().expect("no panic");
}

fn calls_and_failures(stage: &Stage) -> (Option<u64>, u64) {
    let window = stage.breaker.snapshot().window;
    (window.calls, window.failures)
}

#[test]
fn a_success_and_a_failure_that_reach_the_share_together_trip() {
    search(|| {
        let stage = Stage::new(settings(2));
        race(&stage, &[true], &[false]);
        assert_eq!(stage.breaker.state(), State::Open);
    });
}

#[test]
fn two_failures_that_reach_the_share_together_trip() {
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
        // The second success of a lane need not look: the failures find both, or the successes find a failure.
        race(&stage, &[true, true, true], &[false, false]);
        match stage.breaker.state() {
            State::Open => {}
            _ => assert_eq!(calls_and_failures(&stage), (Some(5), 2), "all three came first"),
        }
    });
}

#[test]
fn a_lane_that_goes_on_to_the_next_slice_loses_nothing_of_the_window() {
    search(|| {
        let stage = Stage::new(settings(4));
        end(&stage, true);
        stage.advance(Duration::from_secs(1));
        race(&stage, &[true, true], &[false]);
        assert_eq!(calls_and_failures(&stage), (Some(4), 1));
    });
}

#[test]
fn a_shadow_window_is_emptied_in_every_lane() {
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
