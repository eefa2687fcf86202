//! A transition happens once: all events form a legal path through the states.
//!
//! This excludes a design in which the state and what belongs to it are several atomics, written
//! one after the other. There, two threads trip at once and both announce it, or a log shows
//! `HalfOpen → HalfOpen`.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use fusebox::{CircuitBreaker, Event, EventKind, Reason, State, Threshold, testing::ManualClock};
use fusebox_tests::stage::{breaker, millis};

const THREADS: u64 = 8;
const CALLS: u64 = 4_000;

#[test]
fn the_event_log_of_many_threads_is_a_legal_path() {
    let (breaker, clock) = breaker(|b| {
        b.threshold(Threshold::failures(3))
            .cooldown(millis(1))
            .trial_calls(2)
    });
    let log = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&log);
    breaker
        .on_event(move |event| sink.lock().expect("no panic under it").push(event.clone()))
        .detach();
    let first = breaker.generation();
    run_threads(&breaker, &clock);

    let log = log.lock().expect("no panic under it");
    let lost = log.iter().any(|event| matches!(event, Event::Dropped { .. }));
    assert!(!lost, "the queue held everything");
    let (mut state, mut generation) = (State::Closed, first);
    for event in log.iter() {
        let Some(&EventKind::Transition { from, to, reason, .. }) = event.kind() else {
            continue;
        };
        assert_eq!(from, state, "{event}");
        assert!(is_legal(from, to, reason), "{event}");
        assert_eq!(
            event.generation(),
            Some(generation + 1),
            "each change once, in order: {event}"
        );
        (state, generation) = (to, generation + 1);
    }
    assert_eq!(generation, breaker.generation(), "no change without an event");
    assert!(log.len() > 100, "only {} changes", log.len());
    assert_counts_are_whole(&breaker, &log);
}

/// Every thread makes calls, some of which fail, and moves the clock.
fn run_threads(breaker: &CircuitBreaker, clock: &ManualClock) {
    let barrier = Barrier::new(usize::try_from(THREADS).expect("few threads"));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (breaker, clock, barrier) = (breaker, clock, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for call in 0..CALLS {
                    one_call(breaker, call * 31 + thread * 17);
                    clock.advance(millis(u64::from(call % 50 == thread)));
                }
            });
        }
    });
}

fn one_call(breaker: &CircuitBreaker, number: u64) {
    let Ok(permit) = breaker.try_acquire() else { return };
    match (number / 64 % 3, number % 11) {
        (_, 0) => permit.ignore(),
        (_, 1) => drop(permit),
        (0, _) => permit.failure(),
        _ => permit.success(),
    }
}

fn is_legal(from: State, to: State, reason: Reason) -> bool {
    matches!(
        (from, to, reason),
        (State::Closed, State::Open, Reason::Failures { failures: 3, .. })
            | (State::Open, State::HalfOpen, Reason::CooldownElapsed)
            | (State::HalfOpen, State::Open, Reason::TrialFailed)
            | (State::HalfOpen, State::Closed, Reason::TrialsSucceeded)
    )
}

fn assert_counts_are_whole(breaker: &CircuitBreaker, log: &[Event]) {
    let totals = breaker.snapshot().totals;
    assert_eq!(totals.calls() + totals.rejected, THREADS * CALLS);
    let trips = log.iter().filter(|event| {
        matches!(
            event.kind(),
            Some(EventKind::Transition {
                from: State::Closed,
                to: State::Open,
                ..
            })
        )
    });
    assert!(
        totals.failures >= 3 * trips.count() as u64,
        "three failures for each trip"
    );
}
