//! Other attribute macros above and below `#[circuit_breaker]`.
//!
//! rustc expands the upper attribute first and hands its output to the lower one. So an attribute
//! *below* wraps the breaker, and an attribute *above* becomes part of the body that the breaker
//! guards.
#![deny(warnings)]
#![allow(clippy::unused_async)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cached::cached;
use fusebox::circuit_breaker;
use fusebox_tests::called::open;
use fusebox_tests::error::Error;
use tracing::{Event, Metadata, Subscriber, span};

/// How often each service was called, by the number of its function.
static CALLS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

/// Fails for 0.
fn ask(service: usize, id: u64) -> Result<u64, Error> {
    CALLS[service].fetch_add(1, Ordering::Relaxed);
    if id == 0 { Err(Error::Down) } else { Ok(id) }
}

fn calls(service: usize) -> u64 {
    CALLS[service].load(Ordering::Relaxed)
}

async fn instead(id: u64) -> Result<u64, Error> {
    Ok(100 + id)
}

#[cached]
#[circuit_breaker(name = "cached.above", threshold = 1)]
async fn cached_above(id: u64) -> Result<u64, Error> {
    ask(0, id)
}

#[circuit_breaker(name = "cached.below", threshold = 1)]
#[cached]
async fn cached_below(id: u64) -> Result<u64, Error> {
    ask(1, id)
}

#[cached]
#[circuit_breaker(name = "cached.above.else", fallback = instead, fallback_on = "failure")]
async fn cached_above_with_fallback(id: u64) -> Result<u64, Error> {
    ask(2, id)
}

#[circuit_breaker(name = "cached.below.else", fallback = |_| instead(id).await, fallback_on = "failure")]
#[cached]
async fn cached_below_with_fallback(id: u64) -> Result<u64, Error> {
    ask(3, id)
}

#[tokio::test]
async fn a_cache_below_answers_while_the_breaker_is_open() {
    assert_eq!(cached_below(1).await, Ok(1));
    assert_eq!(cached_below(0).await, Err(Error::Down));
    assert_eq!(cached_below(1).await, Ok(1));
    assert_eq!(cached_below(2).await, Err(Error::Rejected));
    assert_eq!(calls(1), 2);
    let calls = fusebox::Registry::global()
        .get("cached.below")
        .unwrap()
        .snapshot()
        .totals
        .calls();
    assert_eq!(calls, 2, "an answer of the cache is no call");
}

#[tokio::test]
async fn a_cache_above_is_inside_the_breaker() {
    assert_eq!(cached_above(1).await, Ok(1));
    assert_eq!(cached_above(1).await, Ok(1));
    assert_eq!(calls(0), 1);
    let breaker = fusebox::Registry::global().get("cached.above").unwrap();
    assert_eq!(
        breaker.snapshot().totals.calls(),
        2,
        "an answer of the cache is a call"
    );
    assert_eq!(cached_above(0).await, Err(Error::Down));
    assert_eq!(cached_above(1).await, Err(Error::Rejected));
}

#[tokio::test]
async fn a_cache_below_keeps_the_answer_of_the_fallback() {
    for (guarded, service) in [("above", 2), ("below", 3)] {
        let call = async |id| match guarded {
            "above" => cached_above_with_fallback(id).await,
            _ => cached_below_with_fallback(id).await,
        };
        assert_eq!(call(1).await, Ok(1));
        assert_eq!(call(1).await, Ok(1));
        assert_eq!(calls(service), 1, "{guarded}");
        assert_eq!(call(0).await, Ok(100), "{guarded}");
    }
    // What stands below keeps the answer of the fallback, what stands above never sees it.
    assert_eq!(cached_below_with_fallback(0).await, Ok(100));
    assert_eq!(calls(3), 2);
    assert_eq!(cached_above_with_fallback(0).await, Ok(100));
    assert_eq!(calls(2), 3);
}

#[circuit_breaker]
#[tokio::test]
async fn a_test_attribute_below_runs_the_guarded_function() -> Result<(), Error> {
    assert_eq!(instead(1).await?, 101);
    Ok(())
}

/// 1 where the fallback of a test has answered.
static ANSWERED: AtomicU64 = AtomicU64::new(0);

#[circuit_breaker(fallback = |_| { ANSWERED.store(1, Ordering::Relaxed); Ok(()) }, fallback_on = "failure", timeout = "1s")]
#[tokio::test(start_paused = true)]
async fn a_test_attribute_below_runs_a_function_with_a_fallback() -> Result<(), Error> {
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    Err(Error::Down)
}

#[test]
fn an_attribute_below_wraps_the_breaker() {
    a_test_attribute_below_runs_a_function_with_a_fallback().unwrap();
    assert_eq!(ANSWERED.load(Ordering::Relaxed), 1);
}

/// Counts the spans of this file, and the spans around each event.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<(u64, u64, Vec<u64>)>>);

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == module_path!()
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        let mut seen = self.0.lock().expect("no panic here");
        seen.0 += 1;
        span::Id::from_u64(seen.0)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &Event<'_>) {
        let mut seen = self.0.lock().expect("no panic here");
        let depth = seen.1;
        seen.2.push(depth);
    }

    fn enter(&self, _: &span::Id) {
        self.0.lock().expect("no panic here").1 += 1;
    }

    fn exit(&self, _: &span::Id) {
        self.0.lock().expect("no panic here").1 -= 1;
    }
}

#[tracing::instrument]
#[circuit_breaker(name = "instrumented.above", fallback = other_answer)]
async fn instrumented_above(id: u64) -> Result<u64, Error> {
    tracing::info!("in the body");
    Ok(id)
}

#[circuit_breaker(name = "instrumented.below", fallback = other_answer)]
#[tracing::instrument]
async fn instrumented_below(id: u64) -> Result<u64, Error> {
    tracing::info!("in the body");
    Ok(id)
}

async fn other_answer(id: u64) -> Result<u64, Error> {
    tracing::info!("in the fallback");
    Ok(100 + id)
}

#[tokio::test]
async fn a_span_above_covers_the_body_and_a_span_below_the_whole_call() {
    let spans = Spans::default();
    let _guard = tracing::subscriber::set_default(spans.clone());
    assert_eq!(instrumented_above(1).await, Ok(1));
    assert_eq!(instrumented_below(2).await, Ok(2));
    open("instrumented.above");
    open("instrumented.below");
    assert_eq!(instrumented_above(1).await, Ok(101));
    assert_eq!(instrumented_below(2).await, Ok(102));
    let seen = spans.0.lock().expect("no panic");
    assert_eq!(
        seen.0, 3,
        "spans: a refused call makes one only where it stands below"
    );
    assert_eq!(seen.2, [1, 1, 0, 1], "the spans around each event");
}
