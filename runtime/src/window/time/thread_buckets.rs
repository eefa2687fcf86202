//! The healthy calls of one thread.

use crate::clock::Timestamp;
use crate::sync::{AtomicU64, Ordering};
use crate::window::time::{
    bucket::{BUCKETS, CELLS, cell_of},
    epoch::Epoch,
    shared_buckets::SharedBuckets,
};

/// Counts of healthy calls per bucket, on cache lines that one thread writes.
///
/// | fields | written by | read by |
/// |---|---|---|
/// | all but `cells` | the owner, under the mutex; `exempt` also without it | the owner and sums |
/// | the newest cell | the owner, without the mutex | sums |
/// | the other cells | the owner, under the mutex | sums |
///
/// So every operation is Relaxed: the mutex orders the beginning of buckets, and the fences of
/// [`TimeWindow`] order the counts.
///
/// [`TimeWindow`]: super::TimeWindow
#[repr(align(128))]
pub(super) struct ThreadBuckets {
    /// Which calls the cells hold.
    epoch: AtomicU64,
    /// The epoch in which the owner's calls need not be judged until the newest
    /// bucket ends.
    exempt: AtomicU64,
    newest: AtomicU64,
    /// When the newest bucket began, by the clock.
    ///
    /// Most calls fall into it, so they need no division.
    began: AtomicU64,
    /// How far the window's time was ahead of the clock then.
    ///
    /// If it is farther now, the clock has stepped back.
    ahead: AtomicU64,
    /// The cell of the newest bucket.
    index: AtomicU64,
    cells: [AtomicU64; CELLS],
}

impl ThreadBuckets {
    pub(super) fn new() -> Self {
        Self {
            epoch: AtomicU64::new(Epoch::NEVER.0),
            exempt: AtomicU64::new(Epoch::NEVER.0),
            newest: AtomicU64::new(0),
            began: AtomicU64::new(0),
            ahead: AtomicU64::new(0),
            index: AtomicU64::new(0),
            cells: Default::default(),
        }
    }

    /// Returns whether calls in the newest bucket need not be judged.
    #[inline]
    pub(super) fn is_exempt(&self, epoch: Epoch) -> bool {
        self.exempt.load(Ordering::Relaxed) == epoch.0
    }

    /// Returns whether a call at this reading is counted in the newest bucket.
    #[inline]
    pub(super) fn is_in_newest(&self, now: Timestamp, ahead: u64, bucket_nanos: u64) -> bool {
        // Before the bucket, the difference wraps around to something long.
        now.nanos().wrapping_sub(self.began.load(Ordering::Relaxed)) < bucket_nanos
            && self.ahead.load(Ordering::Relaxed) == ahead
    }

    /// Returns whether the cells hold calls of this epoch.
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

    /// Begins the bucket where the window is, if it is a newer one.
    ///
    /// Called by the owner, under the mutex.
    pub(super) fn go_on_to(&self, shared: &SharedBuckets, bucket_nanos: u64) {
        let (epoch, bucket, ahead) = (shared.epoch, shared.newest, shared.time.ahead());
        let ended = if self.is_of(epoch) {
            bucket.saturating_sub(self.newest()).min(BUCKETS)
        } else {
            BUCKETS
        };
        for age in 0..ended {
            // Modulo first: the sum of a bucket and `BUCKETS` may not fit, and the difference of a
            // bucket and an age neither.
            let cell = cell_of(bucket % BUCKETS + BUCKETS - age);
            self.cells[cell].store(0, Ordering::Relaxed);
        }
        if ended > 0 {
            self.exempt.store(Epoch::NEVER.0, Ordering::Relaxed);
            self.newest.store(bucket, Ordering::Relaxed);
            self.index.store(cell_of(bucket) as u64, Ordering::Relaxed);
            self.epoch.store(epoch.0, Ordering::Relaxed);
        }
        let began = (bucket * bucket_nanos).wrapping_sub(ahead);
        self.began.store(began, Ordering::Relaxed);
        self.ahead.store(ahead, Ordering::Relaxed);
    }

    pub(super) fn newest(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    /// Exempts calls of this epoch until the newest bucket ends.
    ///
    /// Called by the owner.
    pub(super) fn exempt(&self, epoch: Epoch) {
        self.exempt.store(epoch.0, Ordering::Relaxed);
    }

    /// Sums the calls in these cells that belong to the window ending with
    /// `bucket`.
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
