//! The times of the last failures: exact, and successes write nothing.

use std::time::Duration;

use crate::{
    clock::{self, Timestamp},
    config::ThresholdKind,
    state::rules::Limits,
    sync::{Mutex, lock},
    window::generation::{NO_GENERATION, is_stale},
    window::steady_time::SteadyTime,
};

/// The newest failures, as many as trip the breaker: `8 × threshold` bytes.
///
/// The breaker trips when the oldest of them is younger than the window. Exact also under
/// concurrency: failures take a mutex, which a healthy call never touches.
pub(crate) struct FailureLog {
    ring: Mutex<FailureRing>,
}

struct FailureRing {
    generation: u64,
    /// The length of the window, in nanoseconds.
    length: u64,
    time: SteadyTime,
    /// In the window's time, so they never decrease.
    stamps: Box<[u64]>,
    /// Where the next stamp goes.
    next: usize,
    /// How many stamps there are.
    filled: usize,
}

impl FailureLog {
    pub(crate) fn new() -> Self {
        let ring = FailureRing {
            generation: NO_GENERATION,
            length: 0,
            time: SteadyTime::default(),
            stamps: Box::default(),
            next: 0,
            filled: 0,
        };
        Self {
            ring: Mutex::new(ring),
        }
    }

    /// Makes room for `threshold` failures, and drops what was in it.
    ///
    /// A log without room counts nothing.
    pub(crate) fn resize(&self, threshold: u32, length: Duration) {
        let stamps = vec![0; threshold as usize].into_boxed_slice();
        let mut ring = lock(&self.ring);
        ring.clear();
        ring.stamps = stamps;
        ring.length = clock::nanos(length);
    }

    /// Adds a failure; returns the threshold if it is reached, and 0 if not.
    pub(crate) fn add(&self, generation: u64, now: Timestamp, limits: Limits) -> u64 {
        let ThresholdKind::Failures(threshold) = limits.threshold else {
            return 0;
        };
        let mut ring = lock(&self.ring);
        if ring.stamps.is_empty() || !ring.enter(generation) {
            return 0;
        }
        let stamp = ring.push(now);
        match ring.nth_newest(threshold as usize) {
            // The window of T at time now is (now − T, now].
            Some(oldest) if stamp - oldest < ring.length => threshold.into(),
            _ => 0,
        }
    }

    /// Returns how many failures are in the window at `now`, at most the threshold.
    pub(crate) fn count(&self, generation: u64, now: Timestamp) -> u64 {
        let ring = lock(&self.ring);
        if ring.generation != generation {
            return 0;
        }
        let now = ring.time.at(now).max(ring.time.newest());
        let young = |n: &usize| ring.nth_newest(*n).is_some_and(|stamp| now - stamp < ring.length);
        (1..=ring.filled).take_while(young).count() as u64
    }

    pub(crate) fn clear(&self) {
        lock(&self.ring).clear();
    }
}

impl FailureRing {
    /// Empties the ring for a newer generation; false if the generation of the call
    /// is over.
    fn enter(&mut self, generation: u64) -> bool {
        if is_stale(generation, self.generation) {
            return false;
        }
        if self.generation != generation {
            self.generation = generation;
            self.clear();
        }
        true
    }

    fn clear(&mut self) {
        self.filled = 0;
        self.next = 0;
        self.time = SteadyTime::default();
    }

    fn push(&mut self, now: Timestamp) -> u64 {
        let stamp = self.time.advance(now, self.length / 10);
        self.stamps[self.next] = stamp;
        self.next = (self.next + 1) % self.stamps.len();
        self.filled = (self.filled + 1).min(self.stamps.len());
        stamp
    }

    /// Returns the n-th newest stamp, counted from 1.
    fn nth_newest(&self, n: usize) -> Option<u64> {
        let len = self.stamps.len();
        (1..=self.filled)
            .contains(&n)
            .then(|| self.stamps[(self.next + len - n) % len])
    }
}
