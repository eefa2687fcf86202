//! The fast path of healthy calls in a window of time: that it is taken, and
//! how far it goes.

use std::{thread, time::Duration};

use crate::{stats::striped::set_stripe, window::time::*};

const SECOND: Duration = Duration::from_secs(1);
const FAILED: Sample = Sample {
    failed: true,
    slow: false,
};

/// With buckets of a second. The running thread counts in buckets of its own.
fn window() -> TimeWindow {
    own_buckets(0);
    TimeWindow::new(SECOND * 10)
}

/// Later than the first buckets, which look as if a failure came before them.
fn at(second: u64) -> Timestamp {
    Timestamp::from_nanos((100 + second) * 1_000_000_000)
}

/// Gives the running thread buckets, however many other tests run beside it.
fn own_buckets(number: usize) {
    assert!(number < stripe_count());
    set_stripe(number);
}

#[test]
fn a_healthy_call_is_judged_while_the_window_holds_a_failure() {
    let window = window();
    let is_judged = |second| window.add(0, Sample::HEALTHY, at(second), || 100).is_some();
    assert!(!is_judged(0));
    assert!(window.add(0, FAILED, at(0), || 100).is_some());
    assert!(is_judged(0));
    assert!(is_judged(9));
    assert!(!is_judged(10));
}

#[test]
fn a_thread_that_counted_enough_healthy_calls_judges_no_more_of_them_in_that_bucket() {
    let window = window();
    let record = |second| window.add(0, Sample::HEALTHY, at(second), || 2).is_some();
    assert!(!record(0));
    assert!(!record(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            own_buckets(1);
            assert!(window.add(0, FAILED, at(0), || 2).is_some());
        });
    });
    assert!(!record(0), "one more only lowers the rate");
    assert!(record(1), "it judges again in the next bucket");
    let tally = window.tally(0, at(1));
    assert_eq!((tally.calls, tally.failures), (5, 1));
}

/// A window whose newest bucket, of a nanosecond, is this one.
fn at_bucket(epoch: Epoch, bucket: u64) -> SharedBuckets {
    let mut shared = SharedBuckets::new(epoch);
    shared.go_on_to(Timestamp::from_nanos(bucket), 1);
    shared
}

#[test]
fn what_leaves_with_the_next_bucket_is_not_enough() {
    let own = ThreadBuckets::new();
    let epoch = Epoch::first(0);
    for bucket in 0..10 {
        own.go_on_to(&at_bucket(epoch, bucket), 1);
        own.add();
    }
    assert_eq!(
        (own.sum(9, 10), own.sum(10, 10), own.sum(18, 10), own.sum(19, 10)),
        (10, 9, 1, 0)
    );
}

#[test]
fn buckets_that_a_thread_skips_are_empty() {
    let own = ThreadBuckets::new();
    let epoch = Epoch::first(0);
    for (bucket, calls) in [(3, 1), (5, 2), (14, 2), (15, 2), (40, 1)] {
        own.go_on_to(&at_bucket(epoch, bucket), 1);
        own.add();
        assert_eq!(own.sum(bucket, 10), calls, "at bucket {bucket}");
    }
    own.go_on_to(&at_bucket(epoch.cleared(), 40), 1);
    assert_eq!(own.sum(40, 10), 0, "another epoch");
}

#[test]
fn a_success_too_keeps_the_window_from_going_back_with_the_clock() {
    let window = window();
    window.add(0, FAILED, at(0), || 100);
    window.add(0, Sample::HEALTHY, at(10), || 100);
    let tally = window.tally(0, at(5));
    assert_eq!((tally.calls, tally.failures), (1, 0), "the failure has left it");
}

#[test]
fn threads_without_buckets_are_exempt_together_until_the_bucket_ends() {
    let mut shared = SharedBuckets::new(Epoch::first(3));
    shared.go_on_to(Timestamp::from_nanos(7), 1);
    assert!(!shared.is_exempt());
    shared.exempt();
    assert!(shared.is_exempt());
    shared.go_on_to(Timestamp::from_nanos(8), 1);
    assert!(!shared.is_exempt(), "in the next bucket");
}

#[test]
fn a_thread_whose_clock_is_behind_counts_in_the_newest_bucket_of_all() {
    let window = window();
    assert!(window.add(0, Sample::HEALTHY, at(3600), || 2).is_none());
    thread::scope(|scope| {
        scope.spawn(|| {
            own_buckets(1);
            let tally = window.add(0, FAILED, at(1800), || 2);
            assert_eq!(tally.map(|tally| (tally.calls, tally.failures)), Some((2, 1)));
            let tally = window.add(0, Sample::HEALTHY, at(1800), || 100);
            assert_eq!(tally.map(|tally| (tally.calls, tally.failures)), Some((3, 1)));
        });
    });
}

#[test]
fn a_thread_that_saw_enough_calls_beside_the_oldest_bucket_judges_no_healthy_one() {
    let window = window();
    let is_judged = |sample, second| window.add(0, sample, at(second), || 2).is_some();
    assert!(!is_judged(Sample::HEALTHY, 0));
    assert!(is_judged(FAILED, 9));
    assert!(
        is_judged(Sample::HEALTHY, 9),
        "one of two leaves with the next bucket"
    );
    assert!(!is_judged(Sample::HEALTHY, 9));
}

/// Counts a healthy call on a thread of its own.
fn count_elsewhere(window: &TimeWindow, generation: u64, second: u64) {
    thread::scope(|scope| {
        scope.spawn(|| {
            own_buckets(1);
            window.add(generation, Sample::HEALTHY, at(second), || 100)
        });
    });
}

#[test]
fn a_thread_that_begins_a_bucket_behind_the_others_counts_where_they_are() {
    let window = window();
    window.add(0, Sample::HEALTHY, at(10), || 100);
    count_elsewhere(&window, 0, 9);
    assert_eq!(window.tally(0, at(19)).calls, 2);
    assert_eq!(window.tally(0, at(20)).calls, 0);
}

#[test]
fn a_thread_that_begins_a_generation_behind_the_others_counts_where_they_are() {
    let window = window();
    window.add(0, Sample::HEALTHY, at(20), || 100);
    count_elsewhere(&window, 1, 8);
    window.add(1, Sample::HEALTHY, at(7), || 100);
    assert_eq!(window.tally(1, at(17)).calls, 2);
}

#[test]
fn after_a_step_back_the_window_goes_on_with_the_clock() {
    let window = window();
    window.add(0, Sample::HEALTHY, at(3600), || 100);
    count_elsewhere(&window, 0, 5);
    assert_eq!(window.tally(0, at(5)).calls, 2, "the step took no time");
    window.add(0, Sample::HEALTHY, at(14), || 100);
    assert_eq!(window.tally(0, at(14)).calls, 3);
    assert_eq!(window.tally(0, at(15)).calls, 1, "10 s after the step");
    count_elsewhere(&window, 0, 15);
    assert_eq!(window.tally(0, at(15)).calls, 2, "not in the bucket of 3600");
}

#[test]
fn a_thread_that_stays_in_its_bucket_does_not_check_where_the_others_are() {
    let window = window();
    window.add(0, Sample::HEALTHY, at(5), || 100);
    count_elsewhere(&window, 0, 10);
    window.add(0, Sample::HEALTHY, at(5), || 100);
    assert_eq!(window.tally(0, at(15)).calls, 1);
}
