//! No lock is held while user code runs.
//! So user code may call back into its breaker and its registry.
//!
//! This excludes a design that runs subscribers under the breaker's mutex, or keeps a map guard
//! while a classifier or a fallback runs. There, the first subscriber that reads the breaker's
//! state blocks for ever, and every caller with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use fusebox::{CircuitBreaker, EventKind, Outcome, Registry, State, Threshold};
use fusebox_tests::by_hand::now;
use fusebox_tests::stage::bench;

/// Far more than any of these tests needs; a deadlock is reported after it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a test on its own thread, so that a deadlock fails instead of hanging.
fn without_deadlock(test: impl FnOnce() + Send + 'static) {
    let (done, finished) = mpsc::channel();
    let thread = thread::spawn(move || {
        test();
        done.send(()).expect("the test waits");
    });
    match finished.recv_timeout(PATIENCE) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("a lock is held across user code"),
        Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => thread.join().expect("the test itself"),
    }
}

/// A breaker that trips at the first failure, and its registry.
fn stage() -> (CircuitBreaker, Registry) {
    let bench = bench(|builder| builder.threshold(Threshold::failures(1)));
    (bench.breaker, bench.registry)
}

/// Calls every method of a breaker and its registry.
fn use_everything(breaker: &CircuitBreaker, registry: &Registry) {
    let _ = (
        breaker.state(),
        breaker.snapshot(),
        breaker.settings(),
        breaker.generation(),
    );
    let _ = breaker.try_acquire().map(fusebox::Permit::success);
    let _ = now(breaker.call(async { Ok::<(), ()>(()) }));
    let _ = (
        registry.get("bench"),
        registry.iter().count(),
        registry.conflicts(),
    );
    let other = registry.breaker("other").build().expect("legal settings");
    other.trip();
    other.reset();
    drop(breaker.on_event(|_| {}));
    breaker
        .reconfigure(breaker.settings().with_trial_calls(2))
        .expect("legal settings");
    breaker
        .reconfigure(breaker.settings().with_trial_calls(1))
        .expect("legal settings");
}

#[test]
fn a_subscriber_may_use_its_breaker_and_its_registry() {
    without_deadlock(|| {
        let (breaker, registry) = stage();
        let delivered = Arc::new(AtomicUsize::new(0));
        let (mine, counter, registry_too) = (breaker.clone(), Arc::clone(&delivered), registry.clone());
        breaker
            .on_event(move |event| {
                // New settings are an event too, so a subscriber that sets them on every event
                // would never come to an end.
                let Some(EventKind::Transition { to, .. }) = event.kind() else {
                    return;
                };
                counter.fetch_add(1, Ordering::SeqCst);
                use_everything(&mine, &registry_too);
                if *to == State::Open {
                    mine.reset();
                }
            })
            .detach();
        breaker.try_acquire().expect("closed").failure();
        assert_eq!(breaker.state(), State::Closed, "the subscriber has reset it");
        assert_eq!(
            delivered.load(Ordering::SeqCst),
            2,
            "a change made by a subscriber is delivered after it returns"
        );
    });
}

#[test]
fn a_subscriber_may_drop_subscriptions_and_panic() {
    without_deadlock(|| {
        let (breaker, registry) = stage();
        let own = Arc::new(std::sync::Mutex::new(None));
        let inside = Arc::clone(&own);
        let subscription = breaker.on_event(move |_| {
            drop(inside.lock().expect("no panic under it").take());
            std::panic::resume_unwind(Box::new("a listener panicked"));
        });
        *own.lock().expect("no panic under it") = Some(subscription);
        breaker.trip();
        breaker.reset();
        assert_eq!(registry.subscriber_panics(), 1, "notified once, then dropped");
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[test]
fn a_classifier_may_use_its_breaker_and_its_registry() {
    without_deadlock(|| {
        let (breaker, registry) = stage();
        let result = now(breaker.call_classified(async { 7 }, |_| {
            use_everything(&breaker, &registry);
            Outcome::Failure
        }));
        assert_eq!(result, Ok(7));
        assert_eq!(
            breaker.snapshot().totals.late,
            1,
            "what the predicate did made a new generation"
        );
    });
}

#[test]
fn the_call_itself_may_use_its_breaker_and_its_registry() {
    without_deadlock(|| {
        let (breaker, registry) = stage();
        breaker.trip();
        breaker.reset();
        let result = now(breaker.call(async {
            use_everything(&breaker, &registry);
            Err::<(), _>("down")
        }));
        assert!(result.is_err());
    });
}
