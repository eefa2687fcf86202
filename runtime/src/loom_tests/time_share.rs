//! Models of a share of the last so much time: healthy calls in lanes, all others behind a lock, a
//! fence between.
//!
//! Not covered: more than one lane that goes on to a new slice while a sum is made, and a thread
//! that is held up between reading the clock and counting until two slices have begun.

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
    // Refused where the other thread has tripped it.
    if let Ok(permit) = stage.breaker.try_acquire() {
        if succeeds {
            permit.success();
        } else {
            permit.failure();
        }
    }
}

/// Another thread, of this lane: so much time, then these calls.
fn beside(stage: &Stage, lane: usize, seconds: u64, calls: &'static [bool]) -> thread::JoinHandle<()> {
    let stage = stage.clone();
    thread::spawn(move || {
        striped::set_stripe(lane);
        stage.advance(Duration::from_secs(seconds));
        for &succeeds in calls {
            end(&stage, succeeds);
        }
    })
}

/// Two threads with lanes of their own, and how their calls end.
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
        // The second success of a lane need not look: the failures find both, or the successes find
        // a failure.
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
        striped::set_stripe(0);
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

/// These calls from the first lane, then so much time.
fn before(stage: &Stage, calls: &[bool], seconds: u64) {
    striped::set_stripe(0);
    for &succeeds in calls {
        end(stage, succeeds);
    }
    stage.advance(Duration::from_secs(seconds));
}

#[test]
fn a_sum_made_while_a_lane_goes_on_is_of_one_window() {
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
fn a_shadow_window_is_emptied_also_in_a_lane_that_goes_on() {
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
fn a_slice_that_ends_between_the_clock_and_the_count_hides_no_trip() {
    search(|| {
        let stage = Stage::new(settings(4));
        before(&stage, &[true, true, false], 9);
        end(&stage, true);
        let other = beside(&stage, 1, 1, &[false, false]);
        end(&stage, true);
        other.join().expect("no panic");
        // 2 of 4 in the window after 10 s, whoever came first.
        assert_eq!(
            stage.breaker.state(),
            State::Open,
            "{:?}",
            calls_and_failures(&stage)
        );
    });
}
