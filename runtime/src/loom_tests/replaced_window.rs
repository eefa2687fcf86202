//! Models of a window that is replaced while calls record: nothing is lost, and
//! nothing trips falsely.
//!
//! Not covered: two replacements during one call, and lengths of time (the clock stands still).

use std::time::Duration;

use loom::thread;

use crate::loom_tests::stage::{Stage, search};
use crate::{Settings, State, Threshold, Window, stats::striped};

const TWO: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(2));
const TIME: Window = Window::time(Duration::from_secs(10));

/// Every kind of window, tripping at the second failure.
fn kinds() -> [Settings; 4] {
    let all = Settings::DEFAULT.with_threshold(Threshold::from_rate(crate::Rate::from_millionths(1_000_000)));
    [
        TWO,
        TWO.with_window(TIME),
        TWO.with_window(Window::calls(2)),
        all.with_window(TIME).with_minimum_calls(2),
    ]
}

/// Another thread, which changes the settings.
fn change(stage: &Stage, to: Settings) -> thread::JoinHandle<()> {
    let breaker = stage.breaker.clone();
    thread::spawn(move || {
        striped::set_stripe(1);
        breaker
            .reconfigure(to.with_trial_calls(2))
            .expect("legal settings");
    })
}

/// A call that ends while another thread changes the settings, from each kind
/// to each other one, with one failure before.
fn change_beside(is_failure: bool, check: impl Fn(&Stage) + Send + Sync + Copy + 'static) {
    for from in kinds() {
        for to in kinds() {
            search(move || {
                let stage = Stage::new(from);
                striped::set_stripe(0);
                stage.breaker.try_acquire().expect("closed").failure();
                let call = stage.breaker.try_acquire_owned().expect("closed");
                let changing = change(&stage, to);
                if is_failure {
                    call.failure();
                } else {
                    call.success();
                }
                changing.join().expect("no panic");
                check(&stage);
            });
        }
    }
}

#[test]
fn a_failure_beside_a_replacement_trips_the_old_window_or_nothing() {
    change_beside(true, |stage| {
        let totals = stage.breaker.snapshot().totals;
        assert_eq!(totals.failures, 2, "counted once");
        if stage.breaker.state() == State::Open {
            assert_eq!(totals.late, 0, "it was the second of the old window");
            return;
        }
        assert_eq!(
            stage.breaker.snapshot().window.failures,
            0,
            "the new window is empty"
        );
        stage.breaker.try_acquire().expect("closed").failure();
        assert_eq!(stage.breaker.state(), State::Closed, "one failure of two");
        stage.breaker.try_acquire().expect("closed").failure();
        assert_eq!(stage.breaker.state(), State::Open, "two of two");
    });
}

#[test]
fn a_success_beside_a_replacement_is_counted_once_and_only_in_the_old_window() {
    change_beside(false, |stage| {
        let totals = stage.breaker.snapshot().totals;
        assert_eq!(totals.failures, 1);
        assert_eq!(totals.successes, 1, "counted once");
        let window = stage.breaker.snapshot().window;
        assert_eq!(
            (window.calls.unwrap_or(0), window.failures),
            (0, 0),
            "the new window is empty"
        );
    });
}

#[test]
fn a_call_of_the_new_generation_counts_in_the_new_window() {
    for from in kinds() {
        for to in kinds() {
            search(move || {
                let stage = Stage::new(from);
                let changing = change(&stage, to);
                striped::set_stripe(0);
                let call = stage.breaker.try_acquire().expect("closed");
                let generation = call.generation();
                call.failure();
                changing.join().expect("no panic");
                let counted = u64::from(generation == stage.breaker.generation());
                assert_eq!(stage.breaker.snapshot().window.failures, counted);
            });
        }
    }
}
