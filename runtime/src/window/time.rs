//! The calls of the last so much time, in slices: for shares.

use std::time::Duration;

use super::Sample;
use crate::{
    clock::{self, Timestamp},
    machine::rules::Tally,
    stripe::{Lane, lane, owned_lanes},
    sync::{AtomicU64, Mutex, MutexGuard, Ordering, lock},
};

/// How many slices a window is cut into.
const SLICES: u64 = 10;
const LEN: usize = 10;
/// No slice.
const NONE: u64 = u64::MAX;

/// Counts per slice of time, in lanes that threads do not share.
///
/// The window at `now` is the slice that holds `now` and the nine before it. A call therefore counts for at least 9/10 of the
/// window and at most for all of it; that is the whole inexactness. Counts are never torn: a lane has its mutex, which its owning
/// thread finds free, and judging takes them one after the other. Whoever counts a call first and then looks for trouble sees the
/// trouble of everyone who looked before, so of two calls that reach the threshold together at least one trips.
///
/// Memory: `320 × (lanes + 1)` bytes, lanes being the cores of the machine, within 4 and 32.
pub(crate) struct TimeWindow {
    slice_nanos: u64,
    lanes: Box<[PaddedLane]>,
    /// The newest slice with a failed or slow call, plus one.
    newest_trouble: AtomicU64,
}

/// A lane on cache lines of its own.
#[repr(align(64))]
struct PaddedLane(Mutex<Slices>);

struct Slices {
    generation: u64,
    /// The newest slice that this lane counted in, and when it began: most calls fall into it, and are spared a division.
    newest: u64,
    newest_began: u64,
    /// A slice in which the whole window was judged with enough calls. Until it is over nothing leaves the window, so that only
    /// failed and slow calls can bring it closer to a share, and healthy ones are spared the judging.
    judged: u64,
    ring: [Slice; LEN],
}

/// The calls of one slice; saturating, so a slice with four billion calls stays there.
#[derive(Clone, Copy, Default)]
struct Slice {
    number: u64,
    calls: u32,
    failures: u32,
    slow: u32,
}

impl TimeWindow {
    pub(crate) fn new(length: Duration) -> Self {
        let lane = |_| {
            PaddedLane(Mutex::new(Slices {
                generation: 0,
                newest: 0,
                newest_began: 0,
                judged: NONE,
                ring: Default::default(),
            }))
        };
        Self {
            slice_nanos: clock::nanos(length).div_ceil(SLICES),
            lanes: (0..=owned_lanes()).map(lane).collect(),
            newest_trouble: AtomicU64::new(0),
        }
    }

    /// Counts a call; returns what the window holds, or `None` if that cannot have reached a share now.
    #[inline]
    pub(crate) fn record(
        &self,
        generation: u64,
        sample: Sample,
        now: Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Option<Tally> {
        let (slice, is_judged) = self.count(generation, sample, now)?;
        if sample.is_healthy() && (is_judged || !self.has_trouble_at(slice)) {
            return None;
        }
        let tally = self.sum(generation, slice);
        if tally.calls >= minimum_calls().into() {
            self.own_lane().set_judged(generation, slice);
        }
        Some(tally)
    }

    pub(crate) fn tally(&self, generation: u64, now: Timestamp) -> Tally {
        self.sum(generation, self.slice_of(now))
    }

    pub(crate) fn clear(&self) {
        for lane in &self.lanes {
            let mut slices = lock(&lane.0);
            slices.ring = Default::default();
            slices.judged = NONE;
        }
    }

    fn slice_of(&self, now: Timestamp) -> u64 {
        now.nanos() / self.slice_nanos
    }

    /// Counts in the running thread's lane; the slice it went to and whether that is judged, `None` if the generation is over.
    #[inline]
    fn count(&self, generation: u64, sample: Sample, now: Timestamp) -> Option<(u64, bool)> {
        let mut lane = self.own_lane();
        let slice = lane.count(generation, sample, now.nanos(), self.slice_nanos)?;
        let is_judged = lane.judged == slice;
        drop(lane);
        if !sample.is_healthy() {
            // Relaxed: whoever must see this locks a lane after us, or we lock its lane after it, see the type's docs.
            self.newest_trouble.fetch_max(slice + 1, Ordering::Relaxed);
        }
        Some((slice, is_judged))
    }

    #[inline]
    fn own_lane(&self) -> MutexGuard<'_, Slices> {
        let index = match lane(self.lanes.len() - 1) {
            Lane::Owned(index) => index,
            Lane::Shared => self.lanes.len() - 1,
        };
        lock(&self.lanes[index].0)
    }

    fn has_trouble_at(&self, slice: u64) -> bool {
        // Relaxed: ordered by the lane's mutex, which was unlocked just before.
        self.newest_trouble.load(Ordering::Relaxed) + SLICES > slice + 1
    }

    fn sum(&self, generation: u64, slice: u64) -> Tally {
        let mut tally = Tally::default();
        for lane in &self.lanes {
            lock(&lane.0).add_to(&mut tally, generation, slice);
        }
        tally
    }
}

impl Slices {
    #[inline]
    fn count(&mut self, generation: u64, sample: Sample, now: u64, slice_nanos: u64) -> Option<u64> {
        // Before the newest slice this wraps around, to something long.
        let is_in_newest = now.wrapping_sub(self.newest_began) < slice_nanos;
        if self.generation != generation || !is_in_newest {
            self.turn_to(generation, now / slice_nanos, slice_nanos)?;
        }
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
        Some(number)
    }

    fn set_judged(&mut self, generation: u64, slice: u64) {
        if self.generation == generation {
            self.judged = slice;
        }
    }

    /// Goes on to a newer generation or slice; `None` if the generation is over.
    #[cold]
    fn turn_to(&mut self, generation: u64, slice: u64, slice_nanos: u64) -> Option<()> {
        if self.generation > generation {
            return None;
        }
        if self.generation < generation {
            *self = Self {
                generation,
                newest: 0,
                newest_began: 0,
                judged: NONE,
                ring: Default::default(),
            };
        }
        // A clock that steps back counts in the newest slice.
        if slice > self.newest {
            self.newest = slice;
            self.newest_began = slice * slice_nanos;
        }
        Some(())
    }

    fn add_to(&self, tally: &mut Tally, generation: u64, slice: u64) {
        if self.generation != generation {
            return;
        }
        // Like a stamp, a window never goes back, even if the clock does.
        let slice = slice.max(self.newest);
        for cell in self.ring.iter().filter(|cell| cell.number + SLICES > slice) {
            tally.calls += u64::from(cell.calls);
            tally.failures += u64::from(cell.failures);
            tally.slow += u64::from(cell.slow);
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the remainder is below SLICES")]
const fn index_of(number: u64) -> usize {
    (number % SLICES) as usize
}
