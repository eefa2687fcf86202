//! What `tracing` receives: transitions and conflicts.

use std::{
    fmt::Write,
    io,
    sync::{Arc, Mutex},
};

use fusebox::{Registry, Threshold, circuit_breaker};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Keeps one line per event of ours.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").expect("a string takes it");
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fusebox"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().expect("no panic here").push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn a_trip_is_a_warning_and_a_recovery_is_not() {
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), || {
        let breaker = Registry::new()
            .breaker("traced")
            .threshold(Threshold::failures(1))
            .build()
            .expect("legal");
        breaker.try_acquire().expect("closed").failure();
        breaker.reset();
    });
    let lines = lines.0.lock().expect("no panic");
    assert_eq!(
        lines[..],
        [
            "WARN message=circuit breaker opened breaker=\"traced\" generation=1 from=closed to=open reason=1 failure cooldown=Some(30s)",
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
    let lines = Lines::default();
    let guard = tracing::subscriber::set_default(lines.clone());
    fusebox::testing::isolated(async {
        for _ in 0..3 {
            other().await.expect("closed");
            one().await.expect("closed");
        }
    })
    .await;
    drop(guard);
    let lines = lines.0.lock().expect("no panic");
    let [line] = lines.as_slice() else {
        panic!("one line: {lines:?}")
    };
    assert_eq!(Level::WARN.as_str(), &line[..4]);
    for part in [
        "`one` at tests/tests/it/events/tracing.rs:",
        "`other` at tests/tests/it/events/tracing.rs:",
        "`threshold` is 1, not 2",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
}
