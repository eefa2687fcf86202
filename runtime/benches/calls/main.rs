//! One call in each state and over each window, by attribute and by `call`.
//!
//! ```text
//! cargo bench --package fusebox
//! ```
//!
//! The dev-dependencies switch on tokio's clock for tests, so whatever reads the clock takes a few
//! nanoseconds more here than in a program. `cargo run --release -p fusebox-peers` measures
//! without, and beside other crates; see docs/performance.md.

mod annotated;
mod growth;
mod keyed;
mod service;

use std::{
    future::Future,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use criterion::Criterion;
use fusebox::{CircuitBreaker, CircuitBreakerBuilder, Registry, Threshold, Window};
use service::serve;

const TEN_SECONDS: Duration = Duration::from_secs(10);

/// Returns the output of a future that is ready at once.
fn poll_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn build(settings: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder) -> CircuitBreaker {
    settings(Registry::new().breaker("bench"))
        .build()
        .expect("the settings are legal")
}

/// Decides which calls fail: one of every `calls`.
fn every(calls: u32) -> impl FnMut() -> bool {
    let mut left = calls;
    move || {
        left = if left == 1 { calls } else { left - 1 };
        left == calls
    }
}

fn through_call(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call");
    let mut measure = |name: &str, breaker: CircuitBreaker, mut fails: Box<dyn FnMut() -> bool>| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(poll_once(breaker.call(serve(fails())))));
        });
    };
    let never = || Box::new(|| false);
    measure("consecutive", build(|b| b), never());
    let open = build(|b| b.cooldown(Duration::from_secs(3600)));
    open.trip();
    measure("open", open, never());
    measure(
        "failures-in-time",
        build(|b| b.window(Window::time(TEN_SECONDS))),
        never(),
    );
    let rate = |b: CircuitBreakerBuilder| b.threshold(Threshold::rate(0.5));
    measure(
        "rate-of-time",
        build(|b| rate(b).window(Window::time(TEN_SECONDS))),
        never(),
    );
    measure(
        "rate-of-calls",
        build(|b| rate(b).window(Window::calls(100))),
        never(),
    );
    let failing = build(|b| rate(b).window(Window::calls(100)));
    measure("rate-of-calls-failing", failing, Box::new(every(10)));
    let cycle = build(|b| {
        b.threshold(Threshold::failures(1))
            .cooldown(Duration::from_nanos(1))
    });
    measure("cycle, half of it", cycle, Box::new(every(2)));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    annotated::through_the_attribute(&mut criterion);
    through_call(&mut criterion);
    growth::growth(&mut criterion);
    keyed::look_ups(&mut criterion);
    criterion.final_summary();
}
