//! What an operator does: overrides, trip, reset, other settings.

use std::sync::{Arc, Mutex};

use fusebox::{BreakerEvent, Event, EventKind, Settings, State, Threshold, Window};

use fusebox_tests::stage::{Bench, COOLDOWN, SECOND, bench};

fn record(bench: &Bench) -> Arc<Mutex<Vec<Event>>> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let events = Arc::clone(&log);
    bench
        .breaker
        .on_event(move |event| events.lock().unwrap().push(event.clone()))
        .detach();
    log
}

fn states(log: &Mutex<Vec<Event>>) -> Vec<(State, State)> {
    log.lock()
        .unwrap()
        .iter()
        .filter_map(|event| match event.breaker()?.kind {
            EventKind::Transition { from, to, .. } => Some((from, to)),
            _ => None,
        })
        .collect()
}

#[test]
fn r1_forced_closed_admits_all_records_and_never_trips() {
    let bench = bench(|b| b);
    bench.breaker.force_closed();
    bench.fail(100);
    assert_eq!(bench.breaker.state(), State::ForcedClosed);
    assert_eq!(bench.breaker.snapshot().totals.failures, 100);
}

#[test]
fn r1_forced_open_rejects_all_without_a_retry_after() {
    let bench = bench(|b| b);
    bench.breaker.force_open();
    let rejected = bench.breaker.try_acquire().expect_err("forced open");
    assert_eq!(
        (rejected.state(), rejected.retry_after()),
        (State::ForcedOpen, None)
    );
    assert_eq!(bench.breaker.snapshot().retry_after, None);
}

#[test]
fn r17_an_override_keeps_state_deadline_and_back_off() {
    let bench = bench(|b| b.max_cooldown(COOLDOWN * 4));
    bench.trip_and_cool_down();
    bench.fail(1);
    bench.clock.advance(SECOND);
    bench.breaker.force_closed();
    bench.succeed(10);
    bench.breaker.release_override();
    let snapshot = bench.breaker.snapshot();
    assert_eq!(
        (snapshot.state, snapshot.retry_after),
        (State::Open, Some(SECOND * 19))
    );
    assert_eq!(snapshot.reopenings, 1);
}

#[test]
fn r17_an_override_empties_windows_and_trials_and_starts_a_generation() {
    let bench = bench(|b| b);
    bench.fail(2);
    let before = bench.permit();
    bench.breaker.force_open();
    bench.breaker.release_override();
    before.failure();
    assert_eq!(bench.breaker.snapshot().totals.late, 1);
    bench.fail(2);
    assert_eq!(bench.breaker.state(), State::Closed);

    bench.breaker.reset();
    bench.trip_and_cool_down();
    let _hung = bench.permit();
    bench.breaker.force_closed();
    bench.breaker.release_override();
    bench.succeed(1);
    assert_eq!(bench.breaker.state(), State::Closed, "the slot was free again");
}

#[test]
fn r17_the_same_override_again_does_nothing() {
    let bench = bench(|b| b);
    let log = record(&bench);
    bench.breaker.force_open();
    let generation = bench.breaker.generation();
    bench.breaker.force_open();
    assert_eq!(bench.breaker.generation(), generation);
    bench.breaker.release_override();
    bench.breaker.release_override();
    assert_eq!(
        states(&log),
        [
            (State::Closed, State::ForcedOpen),
            (State::ForcedOpen, State::Closed)
        ]
    );
}

#[test]
fn r17_would_trip_is_sent_at_most_once_per_cooldown_and_empties_the_shadow_window() {
    let bench = bench(|b| b.window(Window::calls(10)));
    bench.breaker.force_closed();
    let log = record(&bench);
    let delivered = || {
        log.lock()
            .unwrap()
            .iter()
            .filter(|event| matches!(event.kind(), Some(EventKind::WouldTrip { .. })))
            .count()
    };
    bench.fail(2);
    assert_eq!(delivered(), 0);
    bench.fail(1);
    assert_eq!(delivered(), 1);
    assert_eq!(bench.breaker.snapshot().window.failures, 0);
    bench.fail(3);
    assert_eq!(delivered(), 1, "within the cooldown");
    bench.clock.advance(COOLDOWN);
    bench.fail(3);
    assert_eq!(delivered(), 2);
    assert_eq!(states(&log), []);
}

#[test]
fn r17_consecutive_failures_have_a_shadow_too() {
    let bench = bench(|b| b);
    bench.breaker.force_closed();
    let log = record(&bench);
    bench.fail(3);
    assert!(matches!(
        log.lock().unwrap()[..],
        [Event::Breaker(BreakerEvent {
            kind: EventKind::WouldTrip { .. },
            ..
        })]
    ));
    assert_eq!(bench.breaker.snapshot().window.failures, 0);
}

#[test]
fn r17_trip_and_reset_act_under_an_override_and_do_not_release_it() {
    let bench = bench(|b| b);
    bench.breaker.force_closed();
    let log = record(&bench);
    bench.breaker.trip();
    assert_eq!(bench.breaker.state(), State::ForcedClosed);
    assert_eq!(states(&log), [], "no reported state has changed");
    assert!(matches!(
        log.lock().unwrap()[0].kind(),
        Some(EventKind::Restarted { .. })
    ));
    bench.breaker.release_override();
    assert_eq!(bench.breaker.state(), State::Open);
    bench.breaker.force_open();
    bench.breaker.reset();
    assert_eq!(bench.breaker.state(), State::ForcedOpen);
    bench.breaker.release_override();
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r17_trip_leaves_the_back_off_and_reset_clears_it() {
    let bench = bench(|b| b.max_cooldown(COOLDOWN * 4));
    bench.trip_and_cool_down();
    bench.fail(1);
    bench.breaker.trip();
    assert_eq!(bench.breaker.snapshot().retry_after, Some(COOLDOWN * 2));
    bench.breaker.reset();
    bench.breaker.trip();
    assert_eq!(bench.breaker.snapshot().retry_after, Some(COOLDOWN));
}

#[test]
fn r16_settings_change_in_place_and_a_running_cooldown_keeps_its_end() {
    let bench = bench(|b| b);
    bench.fail(3);
    let other = bench
        .breaker
        .settings()
        .with_cooldown(SECOND)
        .with_threshold(Threshold::failures(1));
    bench.breaker.reconfigure(other).expect("scalars change");
    assert_eq!(bench.breaker.snapshot().retry_after, Some(COOLDOWN));
    bench.clock.advance(COOLDOWN);
    bench.succeed(1);
    bench.fail(1);
    assert_eq!(bench.breaker.snapshot().retry_after, Some(SECOND));
}

#[test]
fn r16_a_change_of_settings_starts_a_generation_with_an_empty_window() {
    let bench = bench(|b| b);
    bench.fail(2);
    let straggler = bench.permit();
    bench
        .breaker
        .reconfigure(bench.breaker.settings().with_cooldown(SECOND))
        .expect("legal");
    straggler.failure();
    assert_eq!(bench.breaker.snapshot().totals.late, 1);
    assert_eq!(bench.breaker.snapshot().window.failures, 0);
}

#[test]
fn r16_the_kind_and_size_of_the_window_change_too() {
    let bench = bench(|b| b.window(Window::calls(10)));
    for other in [
        Settings::DEFAULT.with_threshold(Threshold::failures(2)),
        Settings::DEFAULT.with_window(Window::calls(11)),
        Settings::DEFAULT.with_window(Window::time(SECOND)),
        Settings::DEFAULT
            .with_window(Window::time(SECOND))
            .with_threshold(Threshold::rate(1.0))
            .with_minimum_calls(3),
    ] {
        bench.fail(1);
        bench.breaker.reconfigure(other).expect("legal");
        assert_eq!(
            bench.breaker.snapshot().window.failures,
            0,
            "the new window is empty"
        );
        let most = other.threshold().as_failures().unwrap_or(3);
        bench.fail(most as usize - 1);
        assert_eq!(bench.breaker.state(), State::Closed);
        bench.fail(1);
        assert_eq!(bench.breaker.state(), State::Open, "{other:?}");
        bench.breaker.reset();
    }
    let before = bench.breaker.settings();
    bench
        .breaker
        .reconfigure(before.with_trial_calls(0))
        .expect_err("bad settings change nothing");
    assert_eq!(bench.breaker.settings(), before);
}
