//! Settings that change while calls run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use fusebox::{EventKind, Registry, State, config::Overrides};

use super::breaker;

const THREADS: u64 = 8;
const CHANGES: u64 = 1_000;

/// Settings that differ in everything, the kind and the size of the window
/// included. None of them trips at one failure in ten calls.
const FILES: [&str; 4] = [
    "[breaker.load]\nthreshold = 1000\ncooldown = '1s'",
    "[breaker.load]\nthreshold = '90%'\nwindow = 100\nminimum_calls = 50\ntrial_calls = 3",
    "[breaker.load]\nthreshold = '90%'\nwindow = '10s'\nminimum_calls = 40\nslow_call = '1h'",
    "[breaker.load]\nthreshold = 20\nwindow = 20\njitter = '10%'",
];

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn eight_threads_call_while_another_changes_everything_1000_times() {
    let registry = Registry::new();
    let load = breaker(&registry, "load");
    let overrides = FILES.map(|file| Overrides::from_toml(file).expect("correct"));
    let changes = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&changes);
    let _subscription = load.on_event(move |event| match event.kind() {
        Some(EventKind::Reconfigured { difference, .. }) if !difference.is_empty() => {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        other => panic!("nothing else happens: {other:?}"),
    });
    let done = AtomicBool::new(false);
    let calls = thread::scope(|scope| {
        let call = || {
            let mut calls = 0;
            while !done.load(Ordering::Relaxed) {
                let permit = load.try_acquire().expect("it never trips");
                if calls % 10 == 9 {
                    permit.failure();
                } else {
                    permit.success();
                }
                calls += 1;
            }
            calls
        };
        let callers: Vec<_> = (0..THREADS).map(|_| scope.spawn(call)).collect();
        // Also if a change panics: the callers must end.
        let stop = SetOnDrop(&done);
        for change in 0..CHANGES {
            let index = usize::try_from(change % 4).expect("small");
            let applied = overrides[index].apply(&registry).expect("fits");
            assert!(!applied.changes().is_empty());
            thread::yield_now();
        }
        drop(stop);
        callers
            .into_iter()
            .map(|caller| caller.join().expect("no panic"))
            .sum::<u64>()
    });
    let snapshot = load.snapshot();
    assert_eq!(snapshot.totals.calls(), calls, "no call is lost");
    assert_eq!(snapshot.totals.rejected, 0);
    assert_eq!(snapshot.state, State::Closed);
    assert_eq!(
        changes.load(Ordering::Relaxed),
        CHANGES,
        "each change is one event"
    );
    assert_eq!(snapshot.generation, CHANGES);
    assert_eq!(registry.subscriber_panics(), 0);
    assert_eq!(registry.dropped_events(), 0);
}
