//! The points of the lines, from a recording.

use std::time::Duration;

use crate::{recording::Recording, scenario::END};

/// A point: seconds since the start, and a value.
pub(super) type Point = (f64, f64);

/// The time from one point to the next.
const STEP: Duration = Duration::from_millis(250);
const STEPS_PER_SECOND: f64 = 4.0;

/// Feeds requested per second.
pub(super) fn offered(run: &Recording) -> Vec<Point> {
    steps(|from, to| per_second(run.summary(from..to).offered))
}

/// Feeds answered in time per second, by the time of the request.
pub(super) fn in_time(run: &Recording) -> Vec<Point> {
    steps(|from, to| per_second(run.summary(from..to).in_time))
}

/// The 99th percentile of the latency, in milliseconds.
pub(super) fn p99(run: &Recording) -> Vec<Point> {
    steps(|from, to| run.summary(from..to).p99.as_secs_f64() * 1e3)
}

/// Queries of the database per second.
pub(super) fn queries(run: &Recording) -> Vec<Point> {
    steps(|from, to| per_second(run.summary(from..to).queries))
}

/// Feeds answered with a widget hidden per second.
pub(super) fn hidden(run: &Recording) -> Vec<Point> {
    steps(|from, to| per_second(run.summary(from..to).hidden))
}

/// Requests that this service and those below it have not answered.
#[allow(clippy::cast_precision_loss, reason = "a few hundred")]
pub(super) fn in_flight_from(run: &Recording, service: usize) -> Vec<Point> {
    let seen = run.in_flight.iter().filter(|(at, _)| *at <= END);
    seen.map(|(at, all)| (at.as_secs_f64(), all[service..].iter().sum::<usize>() as f64))
        .collect()
}

fn steps(value: impl Fn(Duration, Duration) -> f64) -> Vec<Point> {
    let mut points = Vec::new();
    let mut from = Duration::ZERO;
    while from < END {
        let to = from + STEP;
        points.push(((from + STEP / 2).as_secs_f64(), value(from, to)));
        from = to;
    }
    points
}

#[allow(clippy::cast_precision_loss, reason = "a few hundred")]
fn per_second(count: usize) -> f64 {
    count as f64 * STEPS_PER_SECOND
}
