//! Measures all subjects of a scenario in turns, so that a disturbance affects
//! all.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use crate::{
    call::{Load, Tally},
    scenario::{Scenario, Subject},
};

/// The target length of one run of one subject.
/// Shorter than the scheduler's quantum, so that most runs are not interrupted.
const RUN: Duration = Duration::from_millis(1);
/// Enough to measure, and few enough for a peer whose cost grows with the
/// number of calls.
const MOST_CALLS: u64 = 1_000_000;

/// The runs of one subject in one scenario, in nanoseconds per call.
pub(crate) struct Measured {
    pub(crate) subject: Subject,
    pub(crate) scenario: Scenario,
    pub(crate) threads: usize,
    pub(crate) nanos: Vec<f64>,
}

impl Measured {
    pub(crate) fn median(&self) -> f64 {
        quantile(&self.nanos, 0.5)
    }

    pub(crate) fn lowest(&self) -> f64 {
        quantile(&self.nanos, 0.0)
    }

    /// Returns the range that half of the runs lie in.
    pub(crate) fn quartiles(&self) -> (f64, f64) {
        (quantile(&self.nanos, 0.25), quantile(&self.nanos, 0.75))
    }

    /// Returns the median of the ratios of neighbouring runs.
    pub(crate) fn ratio_to(&self, other: &Self) -> f64 {
        let ratios: Vec<f64> = self
            .nanos
            .iter()
            .zip(&other.nanos)
            .map(|(ours, theirs)| ours / theirs)
            .collect();
        quantile(&ratios, 0.5)
    }
}

/// Runs each subject `rounds` times, in turns.
/// Each round begins with another subject.
pub(crate) fn measure(
    scenario: Scenario,
    threads: usize,
    subjects: &[Subject],
    rounds: usize,
) -> Vec<Measured> {
    let mut entries: Vec<(Box<dyn Load>, u64, Measured)> = Vec::new();
    for &subject in subjects {
        if let Some(load) = (subject.load)(scenario) {
            let calls = calibrate(&*load, scenario, threads);
            entries.push((
                load,
                calls,
                Measured {
                    subject,
                    scenario,
                    threads,
                    nanos: Vec::new(),
                },
            ));
        }
    }
    let count = entries.len();
    for round in 0..rounds {
        for place in 0..count {
            let (load, calls, measured) = &mut entries[(round + place) % count];
            let (taken, tally) = run(&**load, scenario, threads, *calls);
            scenario.check(measured.subject.name, *calls * threads as u64, tally);
            #[allow(
                clippy::cast_precision_loss,
                reason = "a run is shorter than 2^52 nanoseconds"
            )]
            let each = taken.as_nanos() as f64 / (*calls * threads as u64 / scenario.calls_each()) as f64;
            measured.nanos.push(each);
        }
    }
    entries.into_iter().map(|(_, _, measured)| measured).collect()
}

/// Returns the number of calls in a run. A multiple of 20, so that every tenth
/// call of it can fail.
fn calibrate(load: &dyn Load, scenario: Scenario, threads: usize) -> u64 {
    let mut calls = 1000;
    loop {
        let (taken, _) = run(load, scenario, threads, calls);
        if taken * 2 >= RUN || calls >= MOST_CALLS {
            let part = RUN.as_secs_f64() / taken.as_secs_f64().max(1e-9);
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss
            )]
            let wanted = (calls as f64 * part) as u64;
            return wanted.clamp(20, MOST_CALLS) / 20 * 20;
        }
        calls *= 2;
    }
}

/// Runs the load on this many threads. Returns the time from the common start
/// to the last end.
fn run(load: &dyn Load, scenario: Scenario, threads: usize, calls: u64) -> (Duration, Tally) {
    if threads == 1 {
        let start = Instant::now();
        let tally = load.run(calls, scenario.failing());
        return (start.elapsed(), tally);
    }
    let barrier = Barrier::new(threads);
    let one = || {
        // Each thread finds its own counter before the clock runs.
        let warm = load.run(20, scenario.failing());
        assert_eq!(warm.calls(), 20);
        barrier.wait();
        let start = Instant::now();
        let tally = load.run(calls, scenario.failing());
        (start, Instant::now(), tally)
    };
    let ran: Vec<(Instant, Instant, Tally)> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().expect("no load panics"))
            .collect()
    });
    let start = ran.iter().map(|ran| ran.0).min().expect("there is a thread");
    let end = ran.iter().map(|ran| ran.1).max().expect("there is a thread");
    let mut sum = Tally::default();
    for (_, _, tally) in ran {
        sum.answered += tally.answered;
        sum.failed += tally.failed;
        sum.rejected += tally.rejected;
    }
    (end - start, sum)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)]
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}
