//! Keyed look-ups and keyed calls, against the maps that a user would write.

use std::{
    collections::HashMap,
    hint::black_box,
    sync::{Arc, RwLock},
    thread,
    time::{Duration, Instant},
};

use criterion::Criterion;
use dashmap::DashMap;
use fusebox::{CircuitBreaker, KeyedBreakers, Registry, circuit_breaker};

use crate::{
    poll_once,
    service::{Trouble, serve_now},
};

#[circuit_breaker(name = "keyed", key = host, max_keys = 10_000)]
async fn annotated(host: &str) -> Result<u64, Trouble> {
    let _ = host;
    serve_now(false)
}

/// Runs a look-up of one key on this many threads, and returns their mean time.
fn on_threads(threads: u64, iterations: u64, keys: &[String], look_up: impl Fn(&str) + Sync) -> Duration {
    let run = |first: usize| {
        let start = Instant::now();
        for key in keys.iter().cycle().skip(first).take(to_usize(iterations)) {
            look_up(black_box(key));
        }
        start.elapsed()
    };
    let total: Duration = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || run(to_usize(thread) * keys.len() / 2)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .sum()
    });
    total / u32::try_from(threads).expect("a small number")
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).expect("a small number")
}

fn hosts() -> KeyedBreakers {
    Registry::new()
        .keyed("bench")
        .max_keys(10_000)
        .build()
        .expect("the settings are legal")
}

pub(crate) fn look_ups(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("keyed");
    for count in [1, 100, 10_000] {
        let keys: Vec<_> = (0..count)
            .map(|key| format!("host-{key:05}.example.com"))
            .collect();
        let hosts = hosts();
        let of_key = |key: &String| (key.clone(), hosts.get(key));
        let concurrent: DashMap<String, CircuitBreaker> = keys.iter().map(of_key).collect();
        let locked: RwLock<HashMap<String, Arc<CircuitBreaker>>> = RwLock::new(
            keys.iter()
                .map(|key| (key.clone(), Arc::new(hosts.get(key))))
                .collect(),
        );
        for threads in [1, 2] {
            let name = |of: &str| format!("{of}, {count} keys, {threads} threads");
            group.bench_function(name("get"), |bencher| {
                bencher.iter_custom(|n| on_threads(threads, n, &keys, |key| drop(black_box(hosts.get(key)))));
            });
            group.bench_function(name("annotated call"), |bencher| {
                bencher.iter_custom(|n| {
                    on_threads(threads, n, &keys, |key| {
                        let _ = black_box(poll_once(annotated(key)));
                    })
                });
            });
            group.bench_function(name("DashMap"), |bencher| {
                bencher.iter_custom(|n| {
                    on_threads(threads, n, &keys, |key| {
                        black_box(concurrent.get(key).expect("it is there").value());
                    })
                });
            });
            group.bench_function(name("DashMap and clone"), |bencher| {
                bencher.iter_custom(|n| {
                    on_threads(threads, n, &keys, |key| {
                        black_box(concurrent.get(key).expect("it is there").clone());
                    })
                });
            });
            group.bench_function(name("RwLock<HashMap>"), |bencher| {
                bencher.iter_custom(|n| {
                    on_threads(threads, n, &keys, |key| {
                        let locked = locked.read().expect("no panic");
                        black_box(Arc::clone(&locked[key]));
                    })
                });
            });
        }
    }
}
