//! The calls that no lane holds: failed and slow ones, and those of threads that own no lane.

use crate::state::rules::Tally;
use crate::window::time::{Counted, LEN, SLICES, Sample, index_of};

/// No slice.
const NONE: u64 = u64::MAX;

/// Counts per slice, behind a mutex.
#[derive(Default)]
pub(super) struct SharedBuckets {
    generation: u64,
    /// The newest slice that was counted in.
    newest: u64,
    /// As a lane's enough, for the threads that own none: the slice in which the window was judged with enough calls.
    judged: Option<u64>,
    ring: [Slice; LEN],
}

/// The calls of one slice; saturating, so a slice with four billion calls stays there.
#[derive(Clone, Copy)]
struct Slice {
    number: u64,
    calls: u32,
    failures: u32,
    slow: u32,
}

impl Default for Slice {
    fn default() -> Self {
        Self {
            number: NONE,
            calls: 0,
            failures: 0,
            slow: 0,
        }
    }
}

impl SharedBuckets {
    /// Counts a call; `None` if the generation is over.
    pub(super) fn count(&mut self, generation: u64, sample: Sample, slice: u64) -> Option<Counted> {
        if self.generation > generation {
            return None;
        }
        if self.generation < generation {
            *self = Self {
                generation,
                ..Self::default()
            };
        }
        // A clock that steps back counts in the newest slice.
        self.newest = self.newest.max(slice);
        let number = self.newest;
        let cell = &mut self.ring[index_of(number)];
        if cell.number != number {
            *cell = Slice {
                number,
                ..Slice::default()
            };
        }
        cell.calls = cell.calls.saturating_add(1);
        cell.failures = cell.failures.saturating_add(sample.failed.into());
        cell.slow = cell.slow.saturating_add(sample.slow.into());
        Some(Counted {
            slice: number,
            is_judged: self.judged == Some(number),
        })
    }

    pub(super) fn set_judged(&mut self, generation: u64, slice: u64) {
        if self.generation == generation {
            self.judged = Some(slice);
        }
    }

    pub(super) fn clear(&mut self) {
        self.ring = Default::default();
        self.judged = None;
    }

    /// What it holds of the window at `slice`.
    pub(super) fn tally(&self, generation: u64, slice: u64) -> Tally {
        let mut tally = Tally::default();
        if self.generation != generation {
            return tally;
        }
        for cell in &self.ring {
            if cell.number <= slice && cell.number + SLICES > slice {
                tally.calls += u64::from(cell.calls);
                tally.failures += u64::from(cell.failures);
                tally.slow += u64::from(cell.slow);
            }
        }
        tally
    }

    /// The newest slice of this generation.
    pub(super) fn newest(&self, generation: u64) -> u64 {
        if self.generation == generation {
            self.newest
        } else {
            0
        }
    }
}
