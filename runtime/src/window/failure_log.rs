//! The times of the last failures: exact, and successes write nothing.

use std::time::Duration;

use crate::{
    clock::{self, Timestamp},
    config::ThresholdKind,
    state::rules::Limits,
    sync::{Mutex, lock},
};

/// The newest failures, as many as trip the breaker: `8 × threshold` bytes.
///
/// It trips when the oldest of them is younger than the window. Exact also under concurrency: failures take a mutex, which a
/// healthy call never meets.
pub(crate) struct FailureTimes {
    length: u64,
    ring: Mutex<Ring>,
}

struct Ring {
    generation: u64,
    /// Nanoseconds, never decreasing.
    stamps: Box<[u64]>,
    /// Where the next stamp goes.
    next: usize,
    /// How many there are.
    filled: usize,
    newest: u64,
}

impl FailureTimes {
    pub(crate) fn new(most: u32, length: Duration) -> Self {
        let stamps = vec![0; most as usize].into_boxed_slice();
        let ring = Ring {
            generation: 0,
            stamps,
            next: 0,
            filled: 0,
            newest: 0,
        };
        Self {
            length: clock::nanos(length),
            ring: Mutex::new(ring),
        }
    }

    /// Whether a threshold fits into what was built.
    pub(crate) fn holds(&self, threshold: u32) -> bool {
        threshold as usize <= lock(&self.ring).stamps.len()
    }

    /// Adds a failure; returns the threshold if that many failures are in the window, and 0 otherwise.
    pub(crate) fn record(&self, generation: u64, now: Timestamp, limits: Limits) -> u64 {
        let ThresholdKind::Failures(threshold) = limits.threshold else {
            return 0;
        };
        let mut ring = lock(&self.ring);
        if !ring.belongs_to(generation) {
            return 0;
        }
        let stamp = ring.push(now.nanos());
        match ring.nth_newest(threshold as usize) {
            // The window of T at time now is (now − T, now].
            Some(oldest) if stamp - oldest < self.length => threshold.into(),
            _ => 0,
        }
    }

    /// How many failures are in the window at `now`, at most the threshold.
    pub(crate) fn count(&self, generation: u64, now: Timestamp) -> u64 {
        let ring = lock(&self.ring);
        if ring.generation != generation {
            return 0;
        }
        let now = now.nanos().max(ring.newest);
        let young = |n: &usize| ring.nth_newest(*n).is_some_and(|stamp| now - stamp < self.length);
        (1..=ring.filled).take_while(young).count() as u64
    }

    pub(crate) fn clear(&self) {
        lock(&self.ring).filled = 0;
    }
}

impl Ring {
    /// Empties itself for a newer generation; false for an older one.
    fn belongs_to(&mut self, generation: u64) -> bool {
        if self.generation < generation {
            self.generation = generation;
            self.filled = 0;
        }
        self.generation == generation
    }

    /// Keeps the stamp, which never goes back.
    fn push(&mut self, now: u64) -> u64 {
        self.newest = self.newest.max(now);
        self.stamps[self.next] = self.newest;
        self.next = (self.next + 1) % self.stamps.len();
        self.filled = (self.filled + 1).min(self.stamps.len());
        self.newest
    }

    /// The n-th newest stamp, counted from 1.
    fn nth_newest(&self, n: usize) -> Option<u64> {
        let len = self.stamps.len();
        (1..=self.filled)
            .contains(&n)
            .then(|| self.stamps[(self.next + len - n) % len])
    }
}
