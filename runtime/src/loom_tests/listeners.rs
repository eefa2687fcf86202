//! Models of the listeners: order, and that nothing stays in the queue.
//!
//! Not covered: a full queue, listeners that come and go meanwhile, and channels.

use std::sync::{Arc, Mutex};

use loom::thread;

use crate::loom_tests::stage::{Stage, search};
use crate::{Settings, State};

#[test]
fn two_changes_are_told_in_order_once_each() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let breaker = stage.breaker.clone();
        let tripping = thread::spawn(move || breaker.trip());
        stage.breaker.force_open();
        tripping.join().expect("no panic");
        // Whoever came last: both threads are done, so everything was told.
        let path = stage.path();
        let forced_first = [State::Closed, State::ForcedOpen];
        let tripped_first = [State::Closed, State::Open, State::ForcedOpen];
        assert!(path == forced_first || path == tripped_first, "{path:?}");
    });
}

#[test]
fn what_a_listener_causes_is_told_after_it_returns() {
    search(|| {
        let stage = Stage::new(Settings::DEFAULT);
        let states = Arc::new(Mutex::new(Vec::new()));
        let (sink, own) = (Arc::clone(&states), stage.breaker.clone());
        stage
            .breaker
            .on_event(move |event| {
                sink.lock()
                    .expect("no panic")
                    .push(event.generation().unwrap_or(0));
                if event.generation() == Some(1) {
                    own.reset();
                    sink.lock().expect("no panic").push(0);
                }
            })
            .detach();
        let breaker = stage.breaker.clone();
        let reading = thread::spawn(move || breaker.force_open());
        stage.breaker.trip();
        reading.join().expect("no panic");
        let told = states.lock().expect("no panic").clone();
        let first = told.iter().position(|generation| *generation == 1);
        if let Some(first) = first {
            assert_eq!(
                told[first + 1],
                0,
                "nothing is told while a listener runs: {told:?}"
            );
        }
        let ordered: Vec<_> = told
            .iter()
            .copied()
            .filter(|generation| *generation > 0)
            .collect();
        assert!(ordered.is_sorted(), "{told:?}");
        stage.path();
    });
}
