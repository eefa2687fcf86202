//! HalfOpen: trial calls, their slots, and how it ends.

use std::time::Duration;

use fusebox::{Outcome, State, Threshold, Window};

use fusebox_tests::stage::{COOLDOWN, SECOND, bench, with_window};

#[test]
fn r7_as_many_trials_as_slots_and_every_other_call_is_rejected() {
    let bench = bench(|b| b.trial_calls(3));
    bench.trip_and_cool_down();
    let trials: Vec<_> = (0..3).map(|_| bench.permit()).collect();
    assert!(trials.iter().all(fusebox::OwnedPermit::is_trial));
    let rejected = bench.breaker.try_acquire().expect_err("all slots are taken");
    assert_eq!(
        (rejected.state(), rejected.retry_after()),
        (State::HalfOpen, None),
        "only the result of a trial call decides"
    );
    let snapshot = bench.breaker.snapshot();
    assert_eq!((snapshot.trials.in_flight, snapshot.trials.completed), (3, 0));
}

#[test]
fn r7_a_success_gives_no_slot_back() {
    let bench = bench(|b| b.trial_calls(2));
    bench.trip_and_cool_down();
    let (first, _second) = (bench.permit(), bench.permit());
    first.success();
    assert!(bench.is_rejected(), "one in flight and one succeeded are two");
}

#[test]
fn r8_trial_calls_successes_close() {
    let bench = bench(|b| b.trial_calls(3));
    bench.trip_and_cool_down();
    bench.succeed(2);
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    bench.succeed(1);
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r8_one_failure_opens_again() {
    let bench = bench(|b| b.trial_calls(3));
    bench.trip_and_cool_down();
    bench.succeed(2);
    bench.fail(1);
    assert_eq!(bench.breaker.state(), State::Open);
    assert_eq!(bench.breaker.snapshot().retry_after, Some(COOLDOWN));
}

#[test]
fn r8_with_a_slow_threshold_slow_trials_reopen_at_that_rate() {
    for (slow_trials, state) in [(1, State::Closed), (2, State::Open)] {
        let bench = bench(|b| {
            b.window(Window::calls(10))
                .slow_call(SECOND)
                .slow_threshold(0.5)
                .trial_calls(4)
        });
        bench.trip_and_cool_down();
        for _ in 0..slow_trials {
            let slow = bench.permit();
            bench.clock.advance(SECOND);
            assert_eq!(
                slow.record(Outcome::Success),
                Outcome::Success,
                "it completes its slot"
            );
        }
        bench.succeed(4 - slow_trials);
        assert_eq!(bench.breaker.state(), state, "{slow_trials} of 4 slow");
    }
}

#[test]
fn r8_a_trial_dropped_after_slow_call_has_failed() {
    let bench = bench(|b| b.window(Window::calls(10)).slow_call(SECOND).slow_threshold(0.5));
    bench.trip_and_cool_down();
    let hung = bench.permit();
    bench.clock.advance(SECOND);
    drop(hung);
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r3_an_ignored_or_dropped_trial_frees_its_slot() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    bench.permit().ignore();
    drop(bench.permit());
    bench.succeed(1);
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r9_one_extra_trial_per_cooldown_while_all_slots_hang() {
    let bench = bench(|b| b.trial_calls(2));
    bench.trip_and_cool_down();
    let _hung = (bench.permit(), bench.permit());
    for _ in 0..2 {
        bench.clock.advance(Duration::from_nanos(9_999_999_999));
        assert!(bench.is_rejected(), "not before a whole cooldown");
        bench.clock.advance(Duration::from_nanos(1));
        let extra = bench.permit();
        assert!(bench.is_rejected(), "and only one");
        extra.success();
    }
    assert_eq!(
        bench.breaker.state(),
        State::Closed,
        "two extra successes are two successes"
    );
}

#[test]
fn r9_an_extra_trial_frees_no_slot_and_its_failure_reopens() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    let hung = bench.permit();
    bench.clock.advance(COOLDOWN);
    drop(bench.permit());
    assert_eq!(
        bench.breaker.snapshot().trials.in_flight,
        1,
        "a cancelled extra trial took no slot, so it gives none back"
    );
    bench.fail(1);
    assert_eq!(bench.breaker.state(), State::Open);
    hung.success();
    assert_eq!(bench.breaker.state(), State::Open, "now it is late");
}

#[test]
fn r9_a_trial_that_overstays_still_counts() {
    let bench = bench(|b| b);
    bench.trip_and_cool_down();
    let slow_but_healthy = bench.permit();
    bench.clock.advance(COOLDOWN * 5);
    slow_but_healthy.success();
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r9_an_extra_trial_waits_for_the_doubled_cooldown() {
    let bench = bench(|b| b.max_cooldown(COOLDOWN * 2));
    bench.trip_and_cool_down();
    bench.fail(1);
    bench.clock.advance(COOLDOWN * 2);
    let _hung = bench.permit();
    bench.clock.advance(COOLDOWN);
    assert!(bench.is_rejected());
    bench.clock.advance(COOLDOWN);
    bench.succeed(1);
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r19_every_configuration_closes_against_a_healthy_service() {
    let windows = [
        None,
        Some(Window::calls(1)),
        Some(Window::calls(20)),
        Some(Window::time(SECOND * 10)),
    ];
    for trial_calls in 1..=5 {
        for window in windows {
            for share in [false, true] {
                if share && window.is_none() {
                    continue;
                }
                let threshold = if share {
                    Threshold::rate(1.0)
                } else {
                    Threshold::failures(1)
                };
                let bench = bench(|b| with_window(b.threshold(threshold).trial_calls(trial_calls), window));
                bench.trip_and_cool_down();
                bench.succeed(trial_calls as usize);
                assert_eq!(
                    bench.breaker.state(),
                    State::Closed,
                    "{trial_calls} trials, {window:?}, {threshold}"
                );
            }
        }
    }
}
