//! The short ways of healthy calls in a share of a time: that they are taken, and how far they go.

use std::{thread, time::Duration};

use crate::window::time::*;

const SECOND: Duration = Duration::from_secs(1);
const FAILED: Sample = Sample {
    failed: true,
    slow: false,
};

/// With slices of a second.
fn window() -> TimeWindow {
    TimeWindow::new(SECOND * 10)
}

/// Not from the first slices on, which count as after trouble.
fn at(second: u64) -> Timestamp {
    Timestamp::from_nanos((100 + second) * 1_000_000_000)
}

/// With very many cores there may be more tests at a time than lanes.
fn owns_a_lane() -> bool {
    assign_stripe() < stripe_count()
}

#[test]
fn a_healthy_call_is_judged_as_long_as_there_is_trouble_in_the_window() {
    let window = window();
    let is_judged = |second| window.record(0, Sample::HEALTHY, at(second), || 100).is_some();
    assert!(!is_judged(0));
    assert!(window.record(0, FAILED, at(0), || 100).is_some());
    assert!(is_judged(0));
    assert!(is_judged(9));
    assert!(!is_judged(10));
}

#[test]
fn a_thread_that_counted_enough_healthy_calls_judges_no_more_of_them_in_that_slice() {
    if !owns_a_lane() {
        return;
    }
    let window = window();
    let record = |second| window.record(0, Sample::HEALTHY, at(second), || 2).is_some();
    assert!(!record(0));
    assert!(!record(0));
    thread::scope(|scope| {
        scope.spawn(|| assert!(window.record(0, FAILED, at(0), || 2).is_some()));
    });
    assert!(!record(0), "one more only lowers the share");
    assert!(record(1), "it looks again in the next slice");
    let tally = window.tally(0, at(1));
    assert_eq!((tally.calls, tally.failures), (5, 1));
}

#[test]
fn what_leaves_with_the_next_slice_is_not_enough() {
    let lane = ThreadBuckets::new();
    for slice in 0..10 {
        assert_eq!(lane.turn_to(0, slice, 1), Some(slice));
        lane.count();
    }
    assert_eq!((lane.sum(0, 9), lane.calls_at(9)), (10, 9));
}

#[test]
fn a_window_goes_not_back_with_the_clock_after_a_success() {
    let window = window();
    window.record(0, FAILED, at(0), || 100);
    window.record(0, Sample::HEALTHY, at(10), || 100);
    let tally = window.tally(0, at(5));
    assert_eq!((tally.calls, tally.failures), (1, 0), "the failure has left it");
}

#[test]
fn threads_without_a_lane_know_together_what_was_judged() {
    let mut rest = SharedBuckets::default();
    let mut is_judged = |slice, judge: Option<(u64, u64)>| {
        if let Some((generation, slice)) = judge {
            rest.set_judged(generation, slice);
        }
        rest.count(3, Sample::HEALTHY, slice)
            .expect("its generation")
            .is_judged
    };
    assert!(!is_judged(7, None));
    assert!(!is_judged(7, Some((2, 7))), "of an older generation");
    assert!(is_judged(7, Some((3, 7))));
    assert!(!is_judged(8, None), "in the next slice");
    assert_eq!((rest.newest(3), rest.newest(2)), (8, 0));
}

#[test]
fn a_thread_whose_clock_is_behind_counts_in_the_newest_slice_of_all() {
    let window = window();
    assert!(window.record(0, Sample::HEALTHY, at(3600), || 2).is_none());
    thread::scope(|scope| {
        scope.spawn(|| {
            let tally = window.record(0, FAILED, at(1800), || 2);
            assert_eq!(tally.map(|tally| (tally.calls, tally.failures)), Some((2, 1)));
            let tally = window.record(0, Sample::HEALTHY, at(1800), || 100);
            assert_eq!(tally.map(|tally| (tally.calls, tally.failures)), Some((3, 1)));
        });
    });
}

#[test]
fn a_thread_that_saw_enough_calls_beside_the_oldest_slice_judges_no_healthy_one() {
    if !owns_a_lane() {
        return;
    }
    let window = window();
    let is_judged = |sample, second| window.record(0, sample, at(second), || 2).is_some();
    assert!(!is_judged(Sample::HEALTHY, 0));
    assert!(is_judged(FAILED, 9));
    assert!(
        is_judged(Sample::HEALTHY, 9),
        "one of two leaves with the next slice"
    );
    assert!(!is_judged(Sample::HEALTHY, 9));
}

/// Counts a healthy call on a thread of its own.
fn count_elsewhere(window: &TimeWindow, generation: u64, second: u64) {
    thread::scope(|scope| {
        scope.spawn(|| window.record(generation, Sample::HEALTHY, at(second), || 100));
    });
}

#[test]
fn who_begins_a_slice_behind_the_others_counts_where_they_are() {
    let window = window();
    window.record(0, Sample::HEALTHY, at(10), || 100);
    count_elsewhere(&window, 0, 5);
    assert_eq!(window.tally(0, at(15)).calls, 2);
}

#[test]
fn who_begins_a_generation_behind_the_others_counts_where_they_are() {
    let window = window();
    window.record(0, Sample::HEALTHY, at(10), || 100);
    count_elsewhere(&window, 1, 8);
    window.record(1, Sample::HEALTHY, at(5), || 100);
    assert_eq!(window.tally(1, at(17)).calls, 2);
}

#[test]
fn who_stays_in_a_slice_does_not_ask_where_the_others_are() {
    if !owns_a_lane() {
        return;
    }
    let window = window();
    window.record(0, Sample::HEALTHY, at(5), || 100);
    count_elsewhere(&window, 0, 10);
    window.record(0, Sample::HEALTHY, at(5), || 100);
    assert_eq!(window.tally(0, at(15)).calls, 1);
}
