//! Through the attribute.

use std::{fmt::Debug, future::Future, hint::black_box};

use criterion::Criterion;
use fusebox::Registry;

use super::{
    every, poll_once,
    service::{
        consecutive, cycle, failures_in_time, open, rate_of_calls, rate_of_calls_failing, rate_of_time,
    },
};

pub(crate) fn through_the_attribute(criterion: &mut Criterion) {
    fn measure<F>(criterion: &mut Criterion, name: &str, call: fn(bool) -> F, mut fails: impl FnMut() -> bool)
    where
        F: Future<Output: Debug>,
    {
        criterion.bench_function(&format!("attribute/{name}"), |bencher| {
            bencher.iter(|| black_box(poll_once(call(fails()))));
        });
    }
    Registry::global().declare_all().expect("the names are different");
    Registry::global().get("open").expect("it was declared").trip();
    measure(criterion, "consecutive", consecutive, || false);
    measure(criterion, "open", open, || false);
    measure(criterion, "failures-in-time", failures_in_time, || false);
    measure(criterion, "rate-of-time", rate_of_time, || false);
    measure(criterion, "rate-of-calls", rate_of_calls, || false);
    measure(
        criterion,
        "rate-of-calls-failing",
        rate_of_calls_failing,
        every(10),
    );
    measure(criterion, "cycle, half of it", cycle, every(2));
}
