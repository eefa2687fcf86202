//! Disease 9: a lock held across user code.
//!
//! It excludes the design in which listeners run under the breaker's mutex, or a map guard lives while a predicate or a fallback runs:
//! the first listener that asks the breaker for its state blocks for ever, and with it every caller. Here user code runs with nothing
//! held, so it may call back into the same breaker and the same registry.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use fusebox::{CircuitBreaker, EventKind, Outcome, Registry, State, Threshold};
use fusebox_tests::by_hand::now;

/// Far more than any of these tests needs; a deadlock is reported after it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a test on a thread of its own, so that a deadlock fails instead of hanging.
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

fn breaker(registry: &Registry) -> CircuitBreaker {
    registry
        .breaker("subject")
        .threshold(Threshold::failures(1))
        .build()
        .expect("legal settings")
}

/// Everything that can be asked of a breaker and its registry.
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
        registry.get("subject"),
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
fn a_listener_may_use_its_breaker_and_its_registry() {
    without_deadlock(|| {
        let registry = Registry::new();
        let breaker = breaker(&registry);
        let told = Arc::new(AtomicUsize::new(0));
        let (mine, counter, registry_too) = (breaker.clone(), Arc::clone(&told), registry.clone());
        breaker
            .on_event(move |event| {
                counter.fetch_add(1, Ordering::SeqCst);
                use_everything(&mine, &registry_too);
                if let Some(&EventKind::Transition { to: State::Open, .. }) = event.kind() {
                    mine.reset();
                }
            })
            .detach();
        breaker.try_acquire().expect("closed").failure();
        assert_eq!(breaker.state(), State::Closed, "the listener has reset it");
        assert_eq!(
            told.load(Ordering::SeqCst),
            2,
            "a change made by a listener is told after it returns"
        );
    });
}

#[test]
fn a_listener_may_drop_subscriptions_and_panic() {
    without_deadlock(|| {
        let registry = Registry::new();
        let breaker = breaker(&registry);
        let own = Arc::new(std::sync::Mutex::new(None));
        let inside = Arc::clone(&own);
        let subscription = breaker.on_event(move |_| {
            drop(inside.lock().expect("no panic under it").take());
            std::panic::resume_unwind(Box::new("a listener panicked"));
        });
        *own.lock().expect("no panic under it") = Some(subscription);
        breaker.trip();
        breaker.reset();
        assert_eq!(registry.subscriber_panics(), 1, "told once, then it was gone");
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[test]
fn a_predicate_may_use_its_breaker_and_its_registry() {
    without_deadlock(|| {
        let registry = Registry::new();
        let breaker = breaker(&registry);
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
        let registry = Registry::new();
        let breaker = breaker(&registry);
        breaker.trip();
        breaker.reset();
        let result = now(breaker.call(async {
            use_everything(&breaker, &registry);
            Err::<(), _>("down")
        }));
        assert!(result.is_err());
    });
}
