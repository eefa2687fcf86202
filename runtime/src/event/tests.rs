//! The queue of one reader, and the history.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use crate::{
    clock::Timestamp,
    event::{
        Change, ChangeKind, Event, EventKind, History, Moment,
        history::{ENTRY_BYTES, HISTORY_EVENTS},
        history_entry::HistoryEntry,
        queue::EventQueue,
    },
    state::{Reason, State},
};

const NAMES: [&str; 3] = ["a", "b", "c"];

/// A change to Open in odd generations and to Closed in even ones, at as many
/// nanoseconds.
fn change(generation: u64) -> Change {
    let (from, to) = if generation % 2 == 1 {
        (State::Closed, State::Open)
    } else {
        (State::Open, State::Closed)
    };
    Change {
        generation,
        at: Timestamp::from_nanos(generation),
        time: None,
        kind: ChangeKind::Transition,
        from,
        state: to,
        reason: Some(Reason::Operator),
        cooldown: None,
        override_for: None,
    }
}

fn would_trip(generation: u64) -> Change {
    Change {
        state: State::ForcedClosed,
        kind: ChangeKind::WouldTrip,
        reason: Some(Reason::Failures { failures: 1 }),
        ..change(generation)
    }
}

/// A moment at which breaker's clock and wall clock show the same number of
/// nanoseconds.
fn moment(nanos: u64) -> Moment {
    Moment {
        at: Timestamp::from_nanos(nanos),
        time: wall(nanos),
    }
}

fn wall(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}

#[test]
fn a_full_queue_reports_the_dropped_events_and_the_states_after_them_first() {
    let mut queue = EventQueue::new(2);
    let events = [("a", 1), ("b", 1), ("a", 2), ("a", 3), ("a", 4)];
    let drops = events.map(|(name, generation)| {
        queue.push(HistoryEntry::new(change(generation)).event(&name.into(), wall(0)))
    });
    assert_eq!(drops, [false, false, true, true, true]);
    assert_eq!(queue.pop(), Some(Event::Dropped { events: 3 }));
    let rest: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
    let rest: Vec<_> = rest.iter().map(ToString::to_string).collect();
    assert_eq!(
        rest,
        [
            "circuit breaker `a` is closed after dropped events",
            "circuit breaker `b` is open after dropped events",
            "circuit breaker `a` went from closed to open: by an operator",
            "circuit breaker `a` went from open to closed: by an operator",
        ]
    );
    assert!(queue.is_empty());
}

proptest! {
    /// Whenever events are taken, those of one breaker are in order, none
    /// twice, the last one is the last that was pushed, and each event that is
    /// not taken is counted.
    #[test]
    fn a_queue_ends_with_the_newest_event_of_each_breaker_and_counts_the_others(
        capacity in 1..5_usize,
        steps in prop::collection::vec(prop::option::weighted(0.7, 0..3_usize), 0..60),
    ) {
        let mut queue = EventQueue::new(capacity);
        let (mut pushed, mut taken) = ([0; 3], [0; 3]);
        let (mut dropped, mut kept) = (0, 0);
        let drain = std::iter::repeat_n(None, 64);
        for step in steps.into_iter().chain(drain) {
            if let Some(breaker) = step {
                pushed[breaker] += 1;
                queue.push(HistoryEntry::new(change(pushed[breaker])).event(&NAMES[breaker].into(), wall(0)));
                continue;
            }
            match queue.pop() {
                None => prop_assert!(queue.is_empty()),
                Some(Event::Dropped { events }) => dropped += events,
                Some(Event::Breaker(event)) => {
                    let breaker = NAMES.iter().position(|name| *name == event.name).expect("one of them");
                    prop_assert!(event.generation > taken[breaker]);
                    prop_assert_eq!(event.state, change(event.generation).state);
                    taken[breaker] = event.generation;
                    kept += u64::from(!matches!(event.kind, EventKind::Current { .. }));
                }
            }
        }
        prop_assert_eq!(taken, pushed);
        prop_assert_eq!(dropped + kept, pushed.iter().sum::<u64>());
    }
}

#[test]
fn a_history_keeps_the_last_64_changes() {
    let mut history = History::new(Timestamp::from_nanos(0));
    assert_eq!(history.events(&"a".into(), moment(0)), []);
    for generation in 1..=100 {
        history.write(change(generation));
    }
    let events = history.events(&"a".into(), moment(100));
    let generations = events.iter().map(|event| event.generation);
    assert!(generations.eq(37..=100));
    assert_eq!(events.len(), HISTORY_EVENTS);
}

#[test]
fn a_history_remembers_the_last_transition_and_the_last_trip_that_it_no_longer_keeps() {
    let mut history = History::new(Timestamp::from_nanos(0));
    history.write(change(1)).complete(None, None, "no route to host");
    history.write(change(2)).complete(None, None, "");
    for _ in 0..200 {
        history.write(would_trip(2)).complete(None, None, "");
    }
    let now = moment(1_000);
    assert!(
        history
            .events(&"a".into(), now)
            .iter()
            .all(|event| event.generation == 2)
    );
    assert_eq!(history.since(), Timestamp::from_nanos(2));
    assert_eq!(history.last_change(now).map(|change| change.time), Some(wall(2)));
    let trip = history.last_trip(now).expect("a trip");
    assert_eq!(
        (trip.time, trip.error.as_deref()),
        (wall(1), Some("no route to host"))
    );
}

#[test]
fn the_wall_clock_of_a_change_is_the_one_read_or_is_reckoned_back() {
    let mut history = History::new(Timestamp::from_nanos(0));
    history.write(change(1)).complete(None, None, "");
    let read = Change {
        time: Some(wall(77)),
        ..change(2)
    };
    history.write(read).complete(None, None, "");
    let times = history
        .events(&"a".into(), moment(500))
        .into_iter()
        .map(|event| event.time());
    assert!(times.eq([wall(1), wall(77)]));
}

// The formula of the history.
const _: () = assert!(ENTRY_BYTES <= 160);
