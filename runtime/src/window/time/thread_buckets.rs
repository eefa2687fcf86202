//! The healthy calls of one thread.

use crate::sync::{AtomicU64, Ordering, fence};
use crate::window::time::{LEN, SLICES, index_of};

// What a healthy call finds in `mode`.
/// It must look for trouble.
const LOOKING: u64 = 0;
/// The window holds the calls that a share needs, and does so until this slice is over.
const ENOUGH: u64 = 1;
/// The window was emptied by somebody else: what the lane holds is void.
const VOID: u64 = 2;

/// Counts of healthy calls per slice, which one thread writes and all read: plain loads and stores, on cache lines of its own.
///
/// A lane says where it is going before it empties a place for a newer slice. A reader who saw one emptied, or counted in again, sees
/// that too when he looks for the newest slice behind his sum, and makes it again.
#[repr(align(128))]
pub(super) struct ThreadBuckets {
    mode: AtomicU64,
    generation: AtomicU64,
    /// When the newest slice began: most calls fall into it, and are spared a division.
    newest_began: AtomicU64,
    newest: AtomicU64,
    /// The same, or the slice that it is going on to.
    going_to: AtomicU64,
    /// The place of the newest slice in the ring.
    index: AtomicU64,
    ring: [AtomicU64; LEN],
}

impl ThreadBuckets {
    pub(super) fn new() -> Self {
        Self {
            mode: AtomicU64::new(LOOKING),
            generation: AtomicU64::new(0),
            newest_began: AtomicU64::new(0),
            newest: AtomicU64::new(0),
            going_to: AtomicU64::new(0),
            index: AtomicU64::new(0),
            ring: Default::default(),
        }
    }

    /// Counts a healthy call of the owning thread, if it belongs to the newest slice and need not look for trouble.
    #[inline]
    pub(super) fn count_where_enough(&self, generation: u64, now: u64, slice_nanos: u64) -> bool {
        // Relaxed, all of it: written by this thread alone, but for `mode`, whose other writer orders nothing by it.
        // Before the newest slice the difference wraps around, to something long.
        let is_in_newest = now.wrapping_sub(self.newest_began.load(Ordering::Relaxed)) < slice_nanos;
        if !is_in_newest
            || self.generation.load(Ordering::Relaxed) != generation
            || self.mode.load(Ordering::Relaxed) != ENOUGH
        {
            return false;
        }
        self.count();
        true
    }

    /// Counts a healthy call of the owning thread in the newest slice.
    #[inline]
    pub(super) fn count(&self) {
        #[allow(clippy::cast_possible_truncation, reason = "an index of the ring")]
        let index = self.index.load(Ordering::Relaxed) as usize;
        if let Some(cell) = self.ring.get(index) {
            // Relaxed, and no read-modify-write: this thread alone writes it.
            cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    /// Goes on to a newer generation or slice, for the owning thread. Returns the newest slice, `None` if the generation is over.
    pub(super) fn turn_to(&self, generation: u64, slice: u64, slice_nanos: u64) -> Option<u64> {
        // Relaxed loads: written by this thread.
        let (mine, newest) = (
            self.generation.load(Ordering::Relaxed),
            self.newest.load(Ordering::Relaxed),
        );
        if mine > generation {
            return None;
        }
        if mine < generation {
            self.forget(LEN as u64);
            self.mode.store(LOOKING, Ordering::Relaxed);
            self.going_to.store(slice, Ordering::Relaxed);
            self.begin(slice, slice_nanos);
            // Release: who sees the generation sees no call of an older one.
            self.generation.store(generation, Ordering::Release);
            return Some(slice);
        }
        // A clock that steps back counts in the newest slice.
        if slice > newest {
            self.going_to.store(slice, Ordering::Relaxed);
            // Pairs with the Acquire behind a sum: who sees a place emptied sees where the lane is going.
            fence(Ordering::Release);
            self.forget(slice - newest);
            // Relaxed: about nothing but itself. An emptied window stays void.
            let _ = self
                .mode
                .compare_exchange(ENOUGH, LOOKING, Ordering::Relaxed, Ordering::Relaxed);
            self.begin(slice, slice_nanos);
        }
        if self.mode.load(Ordering::Relaxed) == VOID {
            self.forget(LEN as u64);
            // Release: who sees that the lane is not void any more sees it empty.
            self.mode.store(LOOKING, Ordering::Release);
        }
        Some(slice.max(newest))
    }

    /// Whether the owning thread's next call begins a newer generation or slice.
    pub(super) fn goes_on_to(&self, generation: u64, slice: u64) -> bool {
        self.generation.load(Ordering::Relaxed) < generation || self.newest.load(Ordering::Relaxed) < slice
    }

    /// Empties the oldest slices, so many.
    fn forget(&self, slices: u64) {
        let newest = self.newest.load(Ordering::Relaxed);
        for older in 1..=slices.min(SLICES) {
            // Relaxed: published by the slice or the generation that follows.
            self.ring[index_of(newest + older)].store(0, Ordering::Relaxed);
        }
    }

    fn begin(&self, slice: u64, slice_nanos: u64) {
        self.newest_began.store(slice * slice_nanos, Ordering::Relaxed);
        self.index.store(index_of(slice) as u64, Ordering::Relaxed);
        // Release: who sees the slice sees its place emptied.
        self.newest.store(slice, Ordering::Release);
    }

    /// Spares healthy calls the look for trouble until the slice is over, for the owning thread.
    pub(super) fn set_enough(&self) {
        // Relaxed: about nothing but itself. An emptied window stays void.
        let _ = self
            .mode
            .compare_exchange(LOOKING, ENOUGH, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Empties the lane, from any thread; its owner does it before he counts again.
    pub(super) fn void(&self) {
        // AcqRel: the owner may be changing it too, and this comes before or after that. A call that ends meanwhile may be counted on
        // either side.
        self.mode.swap(VOID, Ordering::AcqRel);
    }

    /// The healthy calls of the window at `slice`.
    pub(super) fn sum(&self, generation: u64, slice: u64) -> u64 {
        // Acquire: pairs with the owner's Release, whose older calls must not be seen.
        if self.generation.load(Ordering::Acquire) != generation || self.mode.load(Ordering::Acquire) == VOID
        {
            return 0;
        }
        let newest = self.newest.load(Ordering::Acquire);
        (0..SLICES)
            .map_while(|age| newest.checked_sub(age))
            .filter(|number| number + SLICES > slice)
            .map(|number| self.ring[index_of(number)].load(Ordering::Relaxed))
            .sum()
    }

    /// As [`sum`](Self::sum), for the owning thread and the nine newest slices: so many there are also when the next one begins.
    pub(super) fn calls_at(&self, slice: u64) -> u64 {
        self.sum(self.generation.load(Ordering::Relaxed), slice + 1)
    }

    /// The newest slice of this generation, as soon as anything changes for it.
    pub(super) fn newest(&self, generation: u64) -> u64 {
        if self.generation.load(Ordering::Acquire) == generation {
            // Relaxed: ordered by the fences of who empties and of who has summed.
            self.going_to.load(Ordering::Relaxed)
        } else {
            0
        }
    }
}
