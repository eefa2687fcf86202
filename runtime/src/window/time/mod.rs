//! The calls of the last so much time, in slices: for shares.

mod shared_buckets;
mod thread_buckets;

use std::time::Duration;

use crate::window::Sample;
use crate::{
    clock::{self, Timestamp},
    state::rules::Tally,
    stats::striped::{assign_stripe, stripe_count, stripe_index},
    sync::{AtomicU64, Mutex, Ordering, fence, lock},
};
use shared_buckets::SharedBuckets;
use thread_buckets::ThreadBuckets;

/// How many slices a window is cut into.
const SLICES: u64 = 10;
const LEN: usize = 10;

/// Counts per slice of time: healthy calls in lanes that threads do not share, all others behind one mutex.
///
/// The window at `now` is the slice that holds `now` and the nine before it. A call therefore counts for at least 9/10 of the
/// window and at most for all of it; that is the whole inexactness.
///
/// Whoever counts a call looks for trouble behind a fence, and whoever counts trouble sums behind one: so of two calls that reach the
/// threshold together at least one trips. Once a thread knows that the window holds the calls that a share needs, also when its oldest
/// slice has left, its healthy calls can only lower a share until the slice is over; they are counted by one store, and look for
/// nothing. Emptying is no single step: a call that ends meanwhile may be counted, and judged, on either side.
///
/// Memory: `128 × lanes + 280` bytes, lanes being the cores of the machine, within 4 and 32.
pub(crate) struct TimeWindow {
    slice_nanos: u64,
    /// The newest slice with a failed or slow call, plus one.
    newest_trouble: AtomicU64,
    lanes: Box<[ThreadBuckets]>,
    rest: Box<Mutex<SharedBuckets>>,
}

/// Where a call went.
struct Counted {
    slice: u64,
    /// The window was judged in this slice with enough calls.
    is_judged: bool,
}

impl TimeWindow {
    pub(crate) fn new(length: Duration) -> Self {
        Self {
            slice_nanos: clock::nanos(length).div_ceil(SLICES),
            newest_trouble: AtomicU64::new(0),
            lanes: (0..stripe_count()).map(|_| ThreadBuckets::new()).collect(),
            rest: Box::new(Mutex::new(SharedBuckets::default())),
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
        if sample.is_healthy()
            && let Some(lane) = self.lanes.get(stripe_index())
            && lane.count_where_enough(generation, now.nanos(), self.slice_nanos)
        {
            return None;
        }
        self.record_slow(generation, sample, now, minimum_calls)
    }

    #[inline(never)]
    fn record_slow(
        &self,
        generation: u64,
        sample: Sample,
        now: Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Option<Tally> {
        let lane = self.lanes.get(assign_stripe());
        let counted = self.count(lane, generation, sample, now)?;
        if counted.is_judged && sample.is_healthy() {
            return None;
        }
        // Between our call and the look for others: of two that do both, at least one sees the other.
        fence(Ordering::SeqCst);
        if sample.is_healthy() && !self.has_trouble_at(counted.slice) {
            if let Some(lane) = lane
                && lane.calls_at(counted.slice) >= minimum_calls().into()
            {
                lane.set_enough();
            }
            return None;
        }
        let (slice, tally) = self.sum(generation, counted.slice);
        let minimum_calls = u64::from(minimum_calls());
        // Also without the oldest slice: so many there are when the next one begins, too.
        if tally.calls >= minimum_calls && self.sum(generation, slice + 1).1.calls >= minimum_calls {
            // What was summed is seen by whoever counts trouble after this.
            fence(Ordering::SeqCst);
            match lane {
                Some(lane) => lane.set_enough(),
                None => lock(&self.rest).set_judged(generation, slice),
            }
        }
        Some(tally)
    }

    pub(crate) fn tally(&self, generation: u64, now: Timestamp) -> Tally {
        self.sum(generation, self.slice_of(now)).1
    }

    pub(crate) fn clear(&self) {
        lock(&self.rest).clear();
        for lane in &self.lanes {
            lane.void();
        }
    }

    fn slice_of(&self, now: Timestamp) -> u64 {
        now.nanos() / self.slice_nanos
    }

    /// Counts the call where it belongs; `None` if the generation is over. A clock that steps back counts in the newest slice.
    fn count(
        &self,
        lane: Option<&ThreadBuckets>,
        generation: u64,
        sample: Sample,
        now: Timestamp,
    ) -> Option<Counted> {
        let mut slice = self.slice_of(now);
        if let Some(lane) = lane.filter(|_| sample.is_healthy()) {
            if lane.goes_on_to(generation, slice) {
                slice = slice.max(self.newest(generation));
            }
            let slice = lane.turn_to(generation, slice, self.slice_nanos)?;
            lane.count();
            // The lane was asked already, whether it has enough.
            return Some(Counted {
                slice,
                is_judged: false,
            });
        }
        slice = slice.max(self.newest_of_lanes(generation));
        let counted = lock(&self.rest).count(generation, sample, slice)?;
        if let Some(lane) = lane {
            // So that the slices of a thread never go back, wherever its calls are counted.
            lane.turn_to(generation, counted.slice, self.slice_nanos)?;
        }
        if !sample.is_healthy() {
            // Release: who sees this finds the call in the rest.
            self.newest_trouble
                .fetch_max(counted.slice + 1, Ordering::Release);
        }
        Some(counted)
    }

    fn has_trouble_at(&self, slice: u64) -> bool {
        // Acquire: pairs with the Release of who counted it.
        self.newest_trouble.load(Ordering::Acquire) + SLICES > slice + 1
    }

    /// What the window holds at this slice, or at the newest one that anybody counted in: like a stamp, a window never goes back,
    /// even if the clock does. If a lane goes on to a newer slice meanwhile, the sum is made again, so that it is of one window.
    fn sum(&self, generation: u64, slice: u64) -> (u64, Tally) {
        let mut slice = slice.max(self.newest_of_lanes(generation));
        loop {
            let mut tally = {
                let rest = lock(&self.rest);
                slice = slice.max(rest.newest(generation));
                rest.tally(generation, slice)
            };
            let healthy: u64 = self.lanes.iter().map(|lane| lane.sum(generation, slice)).sum();
            tally.calls += healthy;
            // Pairs with the Release of a lane that goes on.
            fence(Ordering::Acquire);
            let newest = self.newest_of_lanes(generation);
            if newest <= slice {
                return (slice, tally);
            }
            slice = newest;
        }
    }

    /// The newest slice of this generation.
    fn newest(&self, generation: u64) -> u64 {
        let rest = lock(&self.rest).newest(generation);
        self.newest_of_lanes(generation).max(rest)
    }

    fn newest_of_lanes(&self, generation: u64) -> u64 {
        let slices = self.lanes.iter().map(|lane| lane.newest(generation));
        slices.max().unwrap_or(0)
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the remainder is below SLICES")]
const fn index_of(slice: u64) -> usize {
    (slice % SLICES) as usize
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
