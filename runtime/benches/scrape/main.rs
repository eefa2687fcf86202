//! The time that a scrape of many breakers takes.
#![allow(missing_docs, reason = "criterion generates a function")]

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use fusebox::{Registry, prometheus};

fn scrape(criterion: &mut Criterion) {
    for breakers in [1_000, 10_000] {
        let registry = Registry::new();
        for number in 0..breakers {
            registry
                .breaker(format!("service-{number}"))
                .build()
                .expect("valid settings");
        }
        criterion.bench_function(&format!("scrape of {breakers} breakers"), |bencher| {
            bencher.iter(|| black_box(prometheus::render(&registry)));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = scrape
}
criterion_main!(benches);
