//! What an operator's commands record, and the commands with a duration.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use fusebox::{BreakerEvent, EventKind, Operator, Reason, State, Threshold};

use fusebox_tests::stage::{Bench, COOLDOWN, SECOND, bench};

fn anna() -> Operator {
    Operator::new("anna", "maintenance")
}

/// The events of the history as lines, without the breaker's name.
fn lines(bench: &Bench) -> Vec<String> {
    let history = bench.breaker.history();
    history
        .iter()
        .map(|event| event.to_string().replace("circuit breaker `bench` ", ""))
        .collect()
}

#[test]
fn each_command_records_its_operator_and_reason() {
    let bench = bench(|b| b);
    let breaker = &bench.breaker;
    let settings = breaker.settings().with_cooldown(SECOND).with_trial_calls(2);
    breaker.force_open_by(anna());
    breaker.force_closed_by(anna());
    breaker.release_override_by(anna());
    breaker.trip_by(anna());
    breaker.end_cooldown_by(anna());
    breaker.reset_by(anna());
    breaker.trip_for_by(SECOND * 3, anna());
    breaker.force_open_for_by(SECOND, anna());
    breaker.force_closed_for_by(SECOND, anna());
    breaker.reconfigure_by(settings, anna()).expect("legal settings");
    assert_eq!(
        lines(&bench),
        [
            "went from closed to forced_open: an override was set or released; by anna (maintenance)",
            "went from forced_open to forced_closed: an override was set or released; by anna (maintenance)",
            "went from forced_closed to closed: an override was set or released; by anna (maintenance)",
            "went from closed to open: by an operator; cooldown 10s; by anna (maintenance)",
            "admits a trial call: an operator ended the cooldown; by anna (maintenance)",
            "went from open to closed: by an operator; by anna (maintenance)",
            "went from closed to open: by an operator; cooldown 3s; by anna (maintenance)",
            "went from open to forced_open: an override was set or released; for 1s; by anna (maintenance)",
            "went from forced_open to forced_closed: an override was set or released; for 1s; by anna (maintenance)",
            "has new settings: `cooldown` 1s instead of 10s, `trial_calls` 2 instead of 1; by anna (maintenance)",
        ]
    );
    let history = breaker.history();
    assert!(history.iter().all(|event| event.operator == Some(anna())));
    let generations: Vec<_> = history.iter().map(|event| event.generation).collect();
    assert_eq!(generations, (1..=10).collect::<Vec<_>>(), "each is a generation");
    let snapshot = breaker.snapshot();
    assert_eq!(
        snapshot.last_change.and_then(|change| change.operator),
        Some(anna())
    );
    assert_eq!(snapshot.last_trip.and_then(|trip| trip.operator), Some(anna()));
}

#[test]
fn a_command_without_operator_names_none_and_neither_does_the_next_change() {
    let bench = bench(|b| b);
    bench.breaker.trip_by(anna());
    bench.breaker.reset();
    bench.fail(3);
    let operators: Vec<_> = bench
        .breaker
        .history()
        .into_iter()
        .map(|event| event.operator)
        .collect();
    assert_eq!(operators, [Some(anna()), None, None]);
}

#[test]
fn a_text_of_an_operator_keeps_200_characters() {
    let operator = Operator::new("x".repeat(1_000), "y".repeat(200));
    assert_eq!(operator.who.chars().count(), 200);
    assert!(operator.who.ends_with('…'));
    assert_eq!(*operator.reason, *"y".repeat(200));
}

#[test]
fn equal_settings_make_no_event_and_others_name_each_key() {
    let bench = bench(|b| b);
    let settings = bench.breaker.settings();
    bench.breaker.reconfigure(settings).expect("legal settings");
    assert_eq!(
        (bench.breaker.generation(), bench.breaker.history().len()),
        (0, 0)
    );
    let mut events = bench.breaker.events();
    bench
        .breaker
        .reconfigure(
            settings
                .with_cooldown(SECOND)
                .with_threshold(Threshold::failures(9)),
        )
        .expect("legal settings");
    let event = events.try_recv().expect("nothing dropped").expect("an event");
    assert_eq!((event.name(), event.generation()), (Some("bench"), Some(1)));
    let Some(EventKind::Reconfigured { difference, .. }) = event.kind() else {
        panic!("{event:?}")
    };
    let keys: Vec<_> = difference.iter().map(fusebox::Difference::key).collect();
    assert_eq!(keys, ["threshold", "cooldown"]);
}

#[test]
fn trip_for_lasts_exactly_so_long_and_leaves_the_back_off() {
    let bench = bench(|b| b.max_cooldown(COOLDOWN * 2).jitter(1.0));
    bench.trip_and_cool_down();
    bench.clock.advance(COOLDOWN);
    bench.fail(1);
    let day = SECOND * 86_400;
    bench.breaker.trip_for(day);
    let snapshot = bench.breaker.snapshot();
    assert_eq!((snapshot.retry_after, snapshot.reopenings), (Some(day), 1));
    bench
        .clock
        .advance(day.checked_sub(Duration::from_nanos(1)).unwrap());
    assert!(bench.is_rejected());
    bench.clock.advance(Duration::from_nanos(1));
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    bench.fail(1);
    assert_eq!(bench.breaker.snapshot().reopenings, 2);
    assert!(
        bench.breaker.snapshot().retry_after.expect("open") >= COOLDOWN * 2,
        "the cooldown of a reopening"
    );
}

#[test]
fn trip_for_acts_under_an_override() {
    let bench = bench(|b| b);
    bench.breaker.force_closed();
    bench.breaker.trip_for(SECOND * 60);
    assert_eq!(bench.breaker.state(), State::ForcedClosed);
    bench.breaker.release_override();
    assert_eq!(bench.breaker.snapshot().retry_after, Some(SECOND * 60));
}

#[test]
fn end_cooldown_makes_the_next_call_a_trial() {
    let bench = bench(|b| b);
    bench.breaker.trip();
    assert!(bench.is_rejected());
    bench.breaker.end_cooldown();
    assert_eq!(bench.breaker.state(), State::HalfOpen);
    let trial = bench.permit();
    assert!(trial.is_trial());
    trial.success();
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn end_cooldown_does_nothing_in_other_states() {
    let bench = bench(|b| b.trial_calls(2));
    bench.breaker.end_cooldown();
    assert_eq!(bench.breaker.generation(), 0);
    bench.trip_and_cool_down();
    let generation = bench.breaker.generation();
    bench.breaker.end_cooldown();
    assert_eq!(
        bench.breaker.generation(),
        generation,
        "the cooldown is over already"
    );
    bench.succeed(1);
    let generation = bench.breaker.generation();
    bench.breaker.end_cooldown();
    assert_eq!(
        (bench.breaker.generation(), bench.breaker.state()),
        (generation, State::HalfOpen)
    );
    bench.succeed(1);
    assert_eq!(
        bench.breaker.state(),
        State::Closed,
        "the trial calls are still counted"
    );
}

#[tokio::test]
async fn end_cooldown_wakes_a_waiter() {
    let bench = bench(|b| b);
    bench.breaker.trip();
    let breaker = bench.breaker.clone();
    let waiting = tokio::spawn(async move { breaker.ready().await.success() });
    tokio::task::yield_now().await;
    bench.breaker.end_cooldown();
    waiting.await.expect("admitted");
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r17_an_override_with_an_end_is_gone_for_readers_at_its_end_and_released_by_the_first_call() {
    let bench = bench(|b| b);
    bench.breaker.force_open_for(SECOND);
    let mut events = bench.breaker.events();
    bench
        .clock
        .advance(SECOND.checked_sub(Duration::from_nanos(1)).unwrap());
    assert_eq!(bench.breaker.state(), State::ForcedOpen);
    assert!(bench.is_rejected());
    bench.clock.advance(Duration::from_nanos(1));
    let snapshot = bench.breaker.snapshot();
    assert_eq!(
        (snapshot.state, snapshot.since, snapshot.retry_after),
        (State::Closed, Duration::ZERO, None)
    );
    assert_eq!(snapshot.override_until, None);
    assert_eq!(bench.breaker.state(), State::Closed);
    assert_eq!(bench.breaker.generation(), 1, "a reader changes nothing");
    bench.succeed(1);
    assert_eq!(bench.breaker.generation(), 2);
    let event = events.try_recv().expect("nothing dropped").expect("the release");
    let event = event.breaker().expect("a change");
    assert!(matches!(
        event.kind,
        EventKind::Transition {
            from: State::ForcedOpen,
            to: State::Closed,
            reason: Reason::OverrideElapsed,
            ..
        }
    ));
    assert_eq!(event.operator, None);
}

#[test]
fn r17_an_override_with_an_end_keeps_state_deadline_and_back_off() {
    let bench = bench(|b| b.max_cooldown(COOLDOWN * 4));
    bench.trip_and_cool_down();
    bench.fail(1);
    bench.breaker.force_closed_for(SECOND);
    bench.fail(2);
    bench.clock.advance(SECOND);
    let snapshot = bench.breaker.snapshot();
    assert_eq!(
        (snapshot.state, snapshot.retry_after),
        (State::Open, Some((COOLDOWN * 2).checked_sub(SECOND).unwrap()))
    );
    assert!(bench.is_rejected());
    assert_eq!(bench.breaker.snapshot().reopenings, 1);
}

#[test]
fn r17_calls_admitted_under_an_override_that_has_ended_change_nothing() {
    let bench = bench(|b| b);
    bench.breaker.force_closed_for(SECOND);
    let stale: Vec<_> = (0..3).map(|_| bench.permit()).collect();
    bench.clock.advance(SECOND);
    stale.into_iter().for_each(fusebox::OwnedPermit::failure);
    assert_eq!(bench.breaker.state(), State::Closed);
    bench.fail(2);
    assert_eq!(bench.breaker.state(), State::Closed, "counts start empty");
    bench.fail(1);
    assert_eq!(bench.breaker.state(), State::Open);
}

#[test]
fn r17_a_command_after_the_end_of_an_override_finds_it_released() {
    let bench = bench(|b| b);
    bench.breaker.force_open_for(SECOND);
    bench.clock.advance(SECOND);
    bench.breaker.force_open();
    assert_eq!(
        lines(&bench)[1..],
        [
            "went from forced_open to closed: the override has ended",
            "went from closed to forced_open: an override was set or released",
        ]
    );
    bench.clock.advance(COOLDOWN * 100);
    assert_eq!(bench.breaker.state(), State::ForcedOpen, "without an end");
}

#[test]
fn r17_the_same_override_with_another_end_sets_that_end() {
    let bench = bench(|b| b);
    bench.breaker.force_open_for(SECOND);
    bench.breaker.force_open_for(SECOND * 5);
    bench.clock.advance(SECOND);
    assert_eq!(bench.breaker.state(), State::ForcedOpen);
    bench.breaker.force_open();
    bench.clock.advance(SECOND * 100);
    assert_eq!(bench.breaker.state(), State::ForcedOpen);
    assert_eq!(bench.breaker.snapshot().override_until, None);
    assert_eq!(bench.breaker.generation(), 3);
    bench.breaker.force_open();
    assert_eq!(bench.breaker.generation(), 3, "the same override again");
}

#[tokio::test]
async fn r17_waiters_are_woken_at_the_end_of_an_override() {
    let bench = bench(|b| b);
    bench.breaker.force_open_for(SECOND);
    let (one, other) = (bench.breaker.clone(), bench.breaker.clone());
    let ready = tokio::spawn(async move { one.ready().await.ignore() });
    let closed = tokio::spawn(async move { other.closed().await });
    tokio::task::yield_now().await;
    assert!(!ready.is_finished() && !closed.is_finished());
    bench.clock.advance(SECOND);
    ready.await.expect("admitted");
    closed.await.expect("closed");
}

#[test]
fn a_snapshot_shows_since_when_and_until_when() {
    let bench = bench(|b| b);
    bench.clock.advance(SECOND);
    let snapshot = bench.breaker.snapshot();
    assert_eq!(
        (snapshot.since, snapshot.last_change, snapshot.last_trip),
        (SECOND, None, None)
    );
    bench.fail(3);
    bench.clock.advance(SECOND * 2);
    let snapshot = bench.breaker.snapshot();
    assert_eq!(snapshot.since, SECOND * 2);
    let reason = snapshot.last_trip.map(|trip| trip.reason);
    assert!(matches!(reason, Some(Reason::Failures { failures: 3, .. })));
    bench.clock.advance(COOLDOWN);
    let snapshot = bench.breaker.snapshot();
    assert_eq!(
        (snapshot.state, snapshot.since),
        (State::HalfOpen, SECOND * 2),
        "since the end of the cooldown"
    );
    bench.breaker.force_open_for(SECOND * 3_600);
    let until = bench.breaker.snapshot().override_until.expect("it has an end");
    let expected = SystemTime::now() + SECOND * 3_600;
    let error = until
        .duration_since(expected)
        .unwrap_or_else(|error| error.duration());
    assert!(error < SECOND * 60, "{error:?}");
}

#[test]
fn an_operator_is_part_of_an_event_that_a_subscriber_gets() {
    let bench = bench(|b| b);
    let log = Arc::new(Mutex::new(Vec::<BreakerEvent>::new()));
    let events = Arc::clone(&log);
    let _subscription = bench
        .breaker
        .on_event(move |event| events.lock().unwrap().extend(event.breaker().cloned()));
    bench.breaker.force_open_by(anna());
    assert_eq!(*log.lock().unwrap(), bench.breaker.history());
}
