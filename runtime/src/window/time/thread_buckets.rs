//! The healthy calls of one thread.

use crate::sync::{AtomicU64, Ordering};
use crate::window::time::{BUCKETS, Epoch, cell_of};

/// Counts of healthy calls per bucket, on cache lines that one thread writes.
///
/// | fields | written by | read by |
/// |---|---|---|
/// | all but `cells` | the owner, under the mutex of the window; `exempt` also without it | the owner; `epoch` and `newest` also sums, under the mutex |
/// | the newest cell | the owner, without the mutex | sums |
/// | the other cells | the owner, under the mutex | sums |
///
/// So every operation is Relaxed: the mutex orders the begin of buckets, and the fences of [`TimeWindow`] order the counts.
///
/// [`TimeWindow`]: super::TimeWindow
#[repr(align(128))]
pub(super) struct ThreadBuckets {
    /// Which calls the cells hold.
    epoch: AtomicU64,
    /// The epoch in which the owner's calls need not be judged until the newest bucket ends.
    exempt: AtomicU64,
    newest: AtomicU64,
    /// When the newest bucket began. Most calls fall into it, so they need no division.
    began: AtomicU64,
    /// The cell of the newest bucket.
    index: AtomicU64,
    cells: [AtomicU64; BUCKETS as usize],
}

impl ThreadBuckets {
    pub(super) fn new() -> Self {
        Self {
            epoch: AtomicU64::new(Epoch::NONE.0),
            exempt: AtomicU64::new(Epoch::NONE.0),
            newest: AtomicU64::new(0),
            began: AtomicU64::new(0),
            index: AtomicU64::new(0),
            cells: Default::default(),
        }
    }

    /// Whether a call at this time is counted in the newest bucket, and need not be judged.
    #[inline]
    pub(super) fn is_exempt(&self, epoch: Epoch, time: u64, bucket_nanos: u64) -> bool {
        self.is_in_newest(time, bucket_nanos) && self.exempt.load(Ordering::Relaxed) == epoch.0
    }

    /// Whether a call at this time is counted in the newest bucket.
    pub(super) fn is_current(&self, epoch: Epoch, time: u64, bucket_nanos: u64) -> bool {
        self.is_in_newest(time, bucket_nanos) && self.is_of(epoch)
    }

    #[inline]
    fn is_in_newest(&self, time: u64, bucket_nanos: u64) -> bool {
        // Before the bucket, the difference wraps around to something long.
        time.wrapping_sub(self.began.load(Ordering::Relaxed)) < bucket_nanos
    }

    /// Whether the cells hold calls of this epoch.
    pub(super) fn is_of(&self, epoch: Epoch) -> bool {
        self.epoch.load(Ordering::Relaxed) == epoch.0
    }

    /// Counts a healthy call in the newest bucket. Called by the owner.
    #[inline]
    pub(super) fn add(&self) {
        #[allow(clippy::cast_possible_truncation, reason = "an index of the cells")]
        let index = self.index.load(Ordering::Relaxed) as usize;
        if let Some(cell) = self.cells.get(index) {
            // A load and a store, because only this thread writes the cell.
            cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    /// Begins this bucket of this epoch, if it is a newer one. Called by the owner, under the mutex.
    pub(super) fn go_on_to(&self, epoch: Epoch, bucket: u64, bucket_nanos: u64) {
        let ended = if self.is_of(epoch) {
            bucket.saturating_sub(self.newest()).min(BUCKETS)
        } else {
            BUCKETS
        };
        if ended == 0 {
            return;
        }
        for age in 0..ended {
            // Cells that were never used wrap around at bucket 0. All of them are emptied then.
            self.cells[cell_of((bucket % BUCKETS + BUCKETS - age) % BUCKETS)].store(0, Ordering::Relaxed);
        }
        self.exempt.store(Epoch::NONE.0, Ordering::Relaxed);
        self.newest.store(bucket, Ordering::Relaxed);
        self.began.store(bucket * bucket_nanos, Ordering::Relaxed);
        self.index.store(cell_of(bucket) as u64, Ordering::Relaxed);
        self.epoch.store(epoch.0, Ordering::Relaxed);
    }

    pub(super) fn newest(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    /// Exempts calls of this epoch from being judged until the newest bucket ends. Called by the owner.
    pub(super) fn exempt(&self, epoch: Epoch) {
        self.exempt.store(epoch.0, Ordering::Relaxed);
    }

    /// The calls in these cells of the window that ends with `bucket`, which is not before the newest one.
    pub(super) fn sum(&self, bucket: u64, span: u64) -> u64 {
        let newest = self.newest();
        // Of the newest bucket the window holds all `span` cells, of an older one fewer.
        let young = span.saturating_sub(bucket.saturating_sub(newest));
        (0..young)
            .map_while(|age| newest.checked_sub(age))
            .map(|bucket| self.cells[cell_of(bucket)].load(Ordering::Relaxed))
            .sum()
    }
}
