//! The buckets behind the mutex: failed and slow calls, and those of some
//! threads.

use crate::clock::Timestamp;
use crate::state::rules::Tally;
use crate::window::sample::Sample;
use crate::window::steady_time::SteadyTime;
use crate::window::time::bucket::{CELLS, cell_of};
use crate::window::time::epoch::Epoch;

/// Counts per bucket, and where the window is.
pub(super) struct SharedBuckets {
    pub(super) epoch: Epoch,
    pub(super) time: SteadyTime,
    /// The newest bucket that any thread has begun.
    pub(super) newest: u64,
    /// The bucket in which the threads without buckets found the minimum of calls.
    exempt: Option<u64>,
    cells: [Cell; CELLS],
}

/// The calls of one bucket. The counts stop at four billion.
#[derive(Clone, Copy, Default)]
struct Cell {
    bucket: u64,
    calls: u32,
    failures: u32,
    slow: u32,
}

impl Default for SharedBuckets {
    fn default() -> Self {
        Self::new(Epoch::NONE)
    }
}

impl SharedBuckets {
    pub(super) fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            time: SteadyTime::default(),
            newest: 0,
            exempt: None,
            cells: Default::default(),
        }
    }

    /// Begins the bucket of a reading, unless a later one has begun.
    pub(super) fn go_on_to(&mut self, now: Timestamp, bucket_nanos: u64) {
        let time = self.time.advance(now, bucket_nanos);
        // Other threads see the time in whole buckets only. So a step back within a bucket does not
        // count.
        self.time.round_down(bucket_nanos);
        self.newest = time / bucket_nanos;
    }

    /// Counts a call in the newest bucket.
    pub(super) fn add(&mut self, sample: Sample) {
        let cell = &mut self.cells[cell_of(self.newest)];
        if cell.bucket != self.newest {
            *cell = Cell {
                bucket: self.newest,
                ..Cell::default()
            };
        }
        cell.calls = cell.calls.saturating_add(1);
        cell.failures = cell.failures.saturating_add(sample.failed.into());
        cell.slow = cell.slow.saturating_add(sample.slow.into());
    }

    /// Returns whether a healthy call in the newest bucket need not be judged.
    pub(super) fn is_exempt(&self) -> bool {
        self.exempt == Some(self.newest)
    }

    pub(super) fn exempt(&mut self) {
        self.exempt = Some(self.newest);
    }

    /// Sums what these buckets hold of the window that ends with `bucket`.
    pub(super) fn tally(&self, bucket: u64, span: u64) -> Tally {
        let mut tally = Tally::default();
        for cell in &self.cells {
            if cell.bucket <= bucket && bucket - cell.bucket < span {
                tally.calls += u64::from(cell.calls);
                tally.failures += u64::from(cell.failures);
                tally.slow += u64::from(cell.slow);
            }
        }
        tally
    }
}
