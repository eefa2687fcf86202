//! Windows of time at their ends: the old end, a clock that steps back, and the
//! end of time.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::{Settings, Threshold, Window as Setting},
    state::rules::Limits,
    window::{Sample, WindowSlot},
};

const SECOND: u64 = 1_000_000_000;

#[test]
fn a_window_of_t_at_now_is_open_at_its_old_end() {
    let settings = Settings::DEFAULT
        .with_threshold(Threshold::failures(2))
        .with_window(Setting::time(Duration::from_micros(1)));
    for (gap, trips) in [(999, true), (1000, false)] {
        let slot = WindowSlot::new(&settings);
        assert!(!fails_at(&slot, &settings, 5000));
        assert_eq!(fails_at(&slot, &settings, 5000 + gap), trips, "{gap} ns later");
    }
}

const FAILED: Sample = Sample {
    failed: true,
    slow: false,
};

/// Whether a failure at this time trips.
fn fails_at(slot: &WindowSlot, settings: &Settings, now: u64) -> bool {
    let window = slot.window().expect("not consecutive");
    window
        .judge(0, FAILED, &|| Timestamp::from_nanos(now), Limits::of(settings))
        .is_some()
}

/// Both kinds of window of time, tripping at five failures.
fn five_failures(length: Duration) -> [Settings; 2] {
    let settings = Settings::DEFAULT.with_window(Setting::time(length));
    [
        settings.with_threshold(Threshold::failures(5)),
        settings
            .with_threshold(Threshold::rate(1.0))
            .with_minimum_calls(5),
    ]
}

#[test]
fn failures_that_are_far_apart_do_not_count_together_after_a_step_back() {
    for settings in five_failures(Duration::from_secs(10)) {
        for steps_back in [2, 9, 11, 100, 1_000_000] {
            let slot = WindowSlot::new(&settings);
            let start = 2_000_000;
            assert!(!fails_at(&slot, &settings, start * SECOND));
            for failure in 0..8 {
                let now = (start - steps_back + failure * 4) * SECOND;
                assert!(
                    !fails_at(&slot, &settings, now),
                    "five in 16 s or more, {steps_back} s back"
                );
            }
        }
    }
}

#[test]
fn failures_that_are_close_count_together_across_a_step_back() {
    for settings in five_failures(Duration::from_secs(10)) {
        for steps_back in [0, 1, 2, 9, 11, 100, 1_000] {
            let slot = WindowSlot::new(&settings);
            let start = 5_000;
            for failure in 0..3 {
                assert!(!fails_at(&slot, &settings, (start + failure) * SECOND));
            }
            let now = start + 2 - steps_back;
            assert!(!fails_at(&slot, &settings, now * SECOND));
            assert!(
                fails_at(&slot, &settings, (now + 1) * SECOND),
                "five in 3 s, {steps_back} s back"
            );
        }
    }
}

#[test]
fn the_shortest_windows_work_up_to_the_end_of_time() {
    for nanos in [1, 2, 9, 10, 11, 19, 100] {
        for settings in five_failures(Duration::from_nanos(nanos)) {
            let slot = WindowSlot::new(&settings);
            for age in (0..20).rev() {
                let now = u64::MAX - 1_000 - age * nanos;
                assert!(
                    !fails_at(&slot, &settings, now),
                    "each has left the window of {nanos} ns when the next comes"
                );
            }
            let trips = (0..5).any(|_| fails_at(&slot, &settings, u64::MAX));
            assert!(trips, "five at once, {nanos} ns");
            let counts = slot
                .window()
                .expect("not consecutive")
                .counts(0, Timestamp::from_nanos(u64::MAX));
            assert!(counts.failures >= 5, "{counts:?}");
        }
    }
}

#[test]
fn the_longest_window_holds_the_first_failure_until_the_end_of_time() {
    for settings in five_failures(crate::config::limits::MAX_DURATION) {
        let slot = WindowSlot::new(&settings);
        for _ in 0..4 {
            assert!(!fails_at(&slot, &settings, u64::MAX - 5));
        }
        assert!(fails_at(&slot, &settings, u64::MAX));
    }
}
