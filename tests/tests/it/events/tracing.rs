//! What `tracing` receives: transitions and conflicts.

use std::{
    io,
    sync::{Arc, Barrier},
    thread,
};

use fusebox::{Operator, Registry, Threshold, circuit_breaker};
use fusebox_tests::log::Log;
use tracing::Level;

#[test]
fn an_override_is_logged_with_operator_and_reason_and_so_are_settings() {
    let log = Log::of(|| {
        let breaker = Registry::new().breaker("traced").build().expect("legal");
        let anna = || Operator::new("anna", "maintenance");
        let second = std::time::Duration::from_secs(1);
        breaker.force_open_for_by(second, anna());
        breaker.release_override_by(anna());
        let settings = breaker.settings().with_trial_calls(2);
        breaker.reconfigure_by(settings, anna()).expect("legal");
    });
    assert_eq!(
        log.fields(),
        [
            "WARN message=circuit breaker opened breaker=\"traced\" generation=1 from=closed to=forced_open \
             reason=an override was set or released override_for=1s operator=\"anna\" why=\"maintenance\"",
            "INFO message=circuit breaker changed state breaker=\"traced\" generation=2 from=forced_open to=closed \
             reason=an override was set or released operator=\"anna\" why=\"maintenance\"",
            "INFO message=circuit breaker changed breaker=\"traced\" generation=3 \
             change=has new settings: `trial_calls` 2 instead of 1 operator=\"anna\" why=\"maintenance\"",
        ]
    );
}

/// The thread that delivers is busy with a slow subscriber, and each change is
/// logged by its own thread all the same.
#[test]
fn r15_a_change_is_logged_by_the_thread_that_made_it_in_its_own_span() {
    let breaker = Registry::new().breaker("traced").build().expect("legal");
    let gate = Arc::new(Barrier::new(2));
    let inner_gate = Arc::clone(&gate);
    let subscription = breaker.on_event(move |event| {
        if event.generation() == Some(1) {
            inner_gate.wait();
            inner_gate.wait();
        }
    });
    let slow = breaker.clone();
    let delivering = thread::spawn(move || Log::of(|| slow.trip()));
    gate.wait();
    let own = Log::of(|| {
        tracing::info_span!(target: "fusebox", "of this thread").in_scope(|| breaker.reset());
    });
    // The other thread's subscriber still runs.
    let own = own.lines();
    assert_eq!((own.len(), own[0].spans), (1, 1));
    assert!(own[0].fields.contains(" generation=2 "));
    gate.wait();
    let by_slow = delivering.join().expect("no panic").fields();
    assert_eq!(by_slow.len(), 1, "{by_slow:?}");
    assert!(by_slow[0].contains(" generation=1 "));
    drop(subscription);
}

#[test]
fn a_trip_is_a_warning_and_a_recovery_is_not() {
    let log = Log::of(|| {
        let breaker = Registry::new()
            .breaker("traced")
            .threshold(Threshold::failures(1))
            .build()
            .expect("legal");
        breaker.try_acquire().expect("closed").failure();
        breaker.reset();
    });
    assert_eq!(
        log.fields(),
        [
            "WARN message=circuit breaker opened breaker=\"traced\" generation=1 from=closed to=open reason=1 failure cooldown=30s",
            "INFO message=circuit breaker changed state breaker=\"traced\" generation=2 from=open to=closed reason=by an operator",
        ]
    );
}

#[circuit_breaker(name = "traced-twice", threshold = 1)]
async fn one() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(name = "traced-twice", threshold = 2)]
async fn other() -> io::Result<()> {
    Ok(())
}

#[tokio::test]
async fn a_conflict_is_one_warning_with_both_places() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    fusebox::testing::isolated(async {
        for _ in 0..3 {
            other().await.expect("closed");
            one().await.expect("closed");
        }
    })
    .await;
    drop(guard);
    let lines = log.fields();
    let [line] = lines.as_slice() else {
        panic!("one line: {lines:?}")
    };
    assert_eq!(Level::WARN.as_str(), &line[..4]);
    for part in [
        "`one` at tests/tests/it/events/tracing.rs:",
        "`other` at tests/tests/it/events/tracing.rs:",
        // Without the catalogue, the first call wins.
        if cfg!(feature = "catalog") {
            "`threshold` is 1, not 2"
        } else {
            "`threshold` is 2, not 1"
        },
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
}
