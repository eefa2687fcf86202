//! The cost of a call as breakers, calls, threads and subscribers grow. No line
//! may rise.

use std::{hint::black_box, thread, time::Instant};

use criterion::{BenchmarkId, Criterion};
use fusebox::{CircuitBreaker, CircuitBreakerBuilder, Registry, Threshold, Window};

use super::{TEN_SECONDS, build};

pub(crate) fn growth(criterion: &mut Criterion) {
    breakers(criterion);
    calls_in_a_window(criterion);
    threads(criterion);
    listeners(criterion);
}

/// Measures a call, and a look-up by name, in a registry of this many breakers.
fn breakers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("growth/breakers");
    for breakers in [1, 10, 10_000, 1_000_000] {
        let registry = Registry::new();
        let build = |n: usize| {
            registry
                .breaker(format!("one of many {n}"))
                .build()
                .expect("legal settings")
        };
        let all: Vec<CircuitBreaker> = (0..breakers).map(build).collect();
        let one = &all[breakers / 2];
        group.bench_function(BenchmarkId::new("call", breakers), |bencher| {
            bencher.iter(|| one.try_acquire().expect("closed").success());
        });
        group.bench_function(BenchmarkId::new("look-up", breakers), |bencher| {
            bencher.iter(|| black_box(registry.get(one.name())));
        });
    }
}

/// Gives a builder its window.
type WindowOf = fn(CircuitBreakerBuilder) -> CircuitBreakerBuilder;

/// Measures a call after this many others, of which every tenth failed.
fn calls_in_a_window(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("growth/calls");
    let windows: [(&str, WindowOf); 3] = [
        ("10000 calls", |b| b.window(Window::calls(10_000))),
        ("10 s", |b| b.window(Window::time(TEN_SECONDS))),
        ("10000 failures in 10 s", |b| {
            b.threshold(Threshold::failures(10_000))
                .window(Window::time(TEN_SECONDS))
        }),
    ];
    for (name, window) in windows {
        for calls in [100, 10_000, 1_000_000] {
            let breaker = build(|b| window(b.threshold(Threshold::rate(0.5))));
            // A window of failure times would trip on more than this.
            for call in 0..calls {
                let permit = breaker.try_acquire().expect("closed");
                if call % 10 == 0 && call < 90_000 {
                    permit.failure();
                } else {
                    permit.success();
                }
            }
            group.bench_function(BenchmarkId::new(name, calls), |bencher| {
                bencher.iter(|| breaker.try_acquire().expect("closed").success());
            });
        }
    }
}

/// Measures this many threads on one breaker.
///
/// The result is the time of all calls, divided by their number.
fn threads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("growth/threads");
    for threads in [1_u32, 2, 4, 16] {
        let breaker = build(|b| b);
        group.bench_function(BenchmarkId::new("call", threads), |bencher| {
            bencher.iter_custom(|calls| {
                let start = Instant::now();
                thread::scope(|scope| {
                    for _ in 0..threads {
                        scope.spawn(|| {
                            for _ in 0..calls {
                                breaker.try_acquire().expect("closed").success();
                            }
                        });
                    }
                });
                start.elapsed() / threads
            });
        });
    }
}

/// Measures this many subscribers: a call notifies none of them, a change
/// notifies each.
fn listeners(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("growth/listeners");
    for listeners in [0, 1, 10, 100] {
        let breaker = build(|b| b);
        for _ in 0..listeners {
            breaker
                .on_event(|event| {
                    black_box(event);
                })
                .detach();
        }
        group.bench_function(BenchmarkId::new("call", listeners), |bencher| {
            bencher.iter(|| breaker.try_acquire().expect("closed").success());
        });
        group.bench_function(BenchmarkId::new("trip and reset", listeners), |bencher| {
            bencher.iter(|| {
                breaker.trip();
                breaker.reset();
            });
        });
    }
}
