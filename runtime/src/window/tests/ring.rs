//! The ring of calls: which successes are counted without its lock, and what it
//! gives back.

use crate::{
    clock::Timestamp,
    config::{Settings, Threshold, Window as Setting},
    state::rules::Limits,
    window::{Sample, Successful, WindowSlot},
};

#[test]
fn a_success_in_a_full_ring_of_calls_is_counted_without_its_lock() {
    let settings = Settings::DEFAULT
        .with_threshold(Threshold::failures(2))
        .with_window(Setting::calls(4));
    let slot = WindowSlot::new(&settings);
    let window = slot.window().expect("not consecutive");
    let record = |failed| {
        let sample = Sample { failed, slow: false };
        window.judge(0, sample, &|| Timestamp::from_nanos(0), Limits::of(&settings))
    };
    let succeeds = |generation| {
        slot.count_success(generation, &|| Timestamp::from_nanos(0), || 1) == Successful::Counted
    };
    let failures = || window.counts(0, Timestamp::from_nanos(0)).failures;
    for _ in 0..4 {
        assert!(!succeeds(0), "until it is full");
        assert_eq!(record(false), None);
    }
    assert!(succeeds(0));
    assert!(!succeeds(1), "of this generation only");
    assert_eq!(record(true), None);
    for left in [1, 1, 1, 0] {
        assert!(succeeds(0));
        assert_eq!(failures(), left, "the fourth replaces the failure");
    }
    for _ in 0..40_000 {
        assert!(succeeds(0) || record(false).is_none());
    }
    assert_eq!(record(true), None);
    for _ in 0..4 {
        assert!(succeeds(0), "as many as there are places");
    }
    assert!(!succeeds(0), "the next one takes the lock");
}
