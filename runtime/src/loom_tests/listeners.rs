//! Models of the delivery of events: order, drops, hand-over to a thread, and
//! subscriptions that end meanwhile.
//!
//! In these models a queue holds two events. Not covered: the waking of receivers
//! (`tokio::sync::Notify`).

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use loom::thread;

use crate::loom_tests::stage::{COOLDOWN, Stage, StillClock, search};
use crate::{
    CircuitBreaker, Event, EventKind, Settings, State, Threshold, clock::ClockSource,
    config::name::BreakerName, engine::Engine, event::Dispatcher,
};

#[test]
fn two_changes_are_delivered_in_order_once_each() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let breaker = stage.breaker.clone();
        let tripping = thread::spawn(move || breaker.trip());
        stage.breaker.force_open();
        tripping.join().expect("no panic");
        // Both changers are done, so both events were delivered by one of them.
        let path = stage.path();
        let forced_first = [State::Closed, State::ForcedOpen];
        let tripped_first = [State::Closed, State::Open, State::ForcedOpen];
        assert!(path == forced_first || path == tripped_first, "{path:?}");
    });
}

#[test]
fn a_subscriber_gets_the_events_that_it_causes_after_it_returns() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let generations = Arc::new(Mutex::new(Vec::new()));
        let (sink, own) = (Arc::clone(&generations), stage.breaker.clone());
        stage
            .breaker
            .on_event(move |event| {
                sink.lock().expect("no panic").extend(event.generation());
                if event.generation() == Some(1) {
                    own.reset();
                    sink.lock().expect("no panic").push(0);
                }
            })
            .detach();
        let breaker = stage.breaker.clone();
        let forcing = thread::spawn(move || breaker.force_open());
        stage.breaker.trip();
        forcing.join().expect("no panic");
        // A thread may deliver the last event.
        while generations.lock().expect("no panic").len() < 4 {
            thread::yield_now();
        }
        let generations = generations.lock().expect("no panic").clone();
        let first = generations.iter().position(|generation| *generation == 1);
        let first = first.expect("the first event");
        assert_eq!(generations[first + 1], 0, "one call at a time: {generations:?}");
        let in_order = generations.iter().filter(|generation| **generation > 0);
        assert!(in_order.is_sorted(), "{generations:?}");
        assert_eq!(generations.len(), 4, "each event once: {generations:?}");
    });
}

/// A reader that changes the breaker and reads: no change is in neither.
#[test]
fn a_receiver_ends_with_the_present_state() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let mut events = stage.breaker.events();
        let breaker = stage.breaker.clone();
        let forcing = thread::spawn(move || breaker.force_open());
        stage.breaker.trip();
        let early = events.try_recv().expect("nothing dropped");
        forcing.join().expect("no panic");
        let mut last = early.expect("the trip at least");
        while let Some(event) = events.try_recv().expect("nothing dropped") {
            assert!(event.generation() > last.generation(), "in order, once each");
            last = event;
        }
        let last = last.breaker().expect("a change").clone();
        assert_eq!((last.generation, last.state), (2, stage.breaker.state()));
    });
}

/// The changer delivers two events. A third event goes to a thread that is
/// started for it, or to another changer.
#[test]
fn no_event_stays_in_an_inbox_although_a_changer_delivers_two_at_most() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let last = Arc::new(Mutex::new((0, State::Closed)));
        let (sink, own) = (Arc::clone(&last), stage.breaker.clone());
        let subscription = stage.breaker.on_event(move |event| {
            if event.generation() == Some(1) {
                // Two more events before the first one has been delivered.
                own.reset();
                own.trip();
            }
            read(&sink, event);
        });
        let breaker = stage.breaker.clone();
        let other = thread::spawn(move || breaker.trip());
        other.join().expect("no panic");
        stage.breaker.force_open();
        // The drop waits for a thread that still delivers, so this reads what it has delivered.
        while *last.lock().expect("no panic") != (4, State::ForcedOpen) {
            thread::yield_now();
        }
        drop(subscription);
    });
}

/// Three events for a queue of two: the oldest is dropped, and its state
/// follows.
#[test]
fn a_subscriber_whose_events_were_dropped_gets_the_present_state() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let last = Arc::new(Mutex::new((0, State::Closed)));
        let (sink, own) = (Arc::clone(&last), stage.breaker.clone());
        stage
            .breaker
            .on_event(move |event| {
                read(&sink, event);
                if event.generation() == Some(1) {
                    own.reset();
                    own.trip();
                    own.force_open();
                }
            })
            .detach();
        let breaker = stage.breaker.clone();
        let other = thread::spawn(move || breaker.trip());
        other.join().expect("no panic");
        while *last.lock().expect("no panic") != (4, State::ForcedOpen) {
            thread::yield_now();
        }
        assert_eq!(stage.breaker.state(), State::ForcedOpen);
    });
}

/// Reads an event, which must continue where the one before ended.
fn read(last: &Mutex<(u64, State)>, event: &Event) {
    let Some(event) = event.breaker() else { return };
    let mut last = last.lock().expect("no panic");
    assert!(event.generation > last.0, "in order, once each: {event:?}");
    if let EventKind::Transition { from, .. } = event.kind {
        assert_eq!(from, last.1, "nothing is missing: {event:?}");
    }
    *last = (event.generation, event.state);
}

#[test]
fn a_subscriber_is_not_called_after_its_subscription_was_dropped() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let is_dropped = Arc::new(AtomicBool::new(false));
        let sees_drop = Arc::clone(&is_dropped);
        let subscription = stage.breaker.on_event(move |_| {
            // A point at which loom may switch: the call has begun.
            thread::yield_now();
            assert!(!sees_drop.load(Ordering::SeqCst), "called after the drop");
        });
        let breaker = stage.breaker.clone();
        let tripping = thread::spawn(move || {
            breaker.trip();
            assert_eq!(breaker.engine().dispatcher().panics(), 0);
        });
        drop(subscription);
        is_dropped.store(true, Ordering::SeqCst);
        tripping.join().expect("no panic");
    });
}

/// A breaker without subscribers.
fn breaker(name: &str, dispatcher: &Arc<Dispatcher>) -> CircuitBreaker {
    let source = ClockSource::Custom(Arc::new(StillClock::at_start()));
    CircuitBreaker::new(Arc::new(Engine::new(
        BreakerName::fixed(name),
        Settings::DEFAULT,
        source,
        Arc::clone(dispatcher),
        0,
    )))
}

/// What a subscriber owns: its drop changes the breaker.
struct ResetsOnDrop(CircuitBreaker);

impl Drop for ResetsOnDrop {
    fn drop(&mut self) {
        self.0.reset();
    }
}

/// The only subscriber leaves during a change.
///
/// So the changer may be the last to hold it.
#[test]
fn a_subscriber_that_leaves_is_not_dropped_under_the_control_lock() {
    search(|| {
        let dispatcher = Arc::new(Dispatcher::new());
        let breaker = breaker("one", &dispatcher);
        let owned = ResetsOnDrop(breaker.clone());
        let subscription = breaker.on_event(move |_| {
            let _ = &owned;
        });
        let leaving = thread::spawn(move || drop(subscription));
        breaker.trip();
        leaving.join().expect("no panic");
        assert_eq!(dispatcher.panics(), 0);
    });
}

/// Two breakers change at once, and one subscriber gets the events of both.
#[test]
fn a_subscriber_of_two_breakers_gets_one_event_at_a_time() {
    search(|| {
        let dispatcher = Arc::new(Dispatcher::new());
        let (one, other) = (breaker("one", &dispatcher), breaker("other", &dispatcher));
        let (is_called, events) = (AtomicBool::new(false), Arc::new(Mutex::new(Vec::new())));
        let log = Arc::clone(&events);
        let subscription = dispatcher.subscribe(None, move |event| {
            assert!(!is_called.swap(true, Ordering::SeqCst), "one call at a time");
            log.lock()
                .expect("no panic")
                .push(event.name().map(str::to_owned));
            // A point at which loom may switch.
            thread::yield_now();
            is_called.store(false, Ordering::SeqCst);
        });
        let tripping = thread::spawn(move || other.trip());
        one.trip();
        tripping.join().expect("no panic");
        // Both changers are done, so both events were delivered by one of them.
        events.lock().expect("no panic").sort();
        let names = ["one", "other"].map(|name| Some(name.to_owned()));
        assert_eq!(*events.lock().expect("no panic"), names);
        assert_eq!(dispatcher.panics(), 0);
        drop(subscription);
    });
}

/// Two calls meet an override whose end has come.
#[test]
fn an_override_is_released_once_at_its_end() {
    search(|| {
        let settings = Settings::DEFAULT.with_threshold(Threshold::failures(1));
        let stage = Stage::new(settings);
        stage.breaker.force_open_for(COOLDOWN);
        stage.advance(COOLDOWN);
        let breaker = stage.breaker.clone();
        let calling = thread::spawn(move || breaker.try_acquire().expect("released").success());
        stage.breaker.try_acquire().expect("released").success();
        calling.join().expect("no panic");
        assert_eq!(stage.path(), [State::Closed, State::ForcedOpen, State::Closed]);
        assert_eq!(stage.breaker.generation(), 2);
        assert_eq!(stage.breaker.snapshot().totals.successes, 2);
    });
}
