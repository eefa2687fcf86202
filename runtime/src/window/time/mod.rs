//! The calls of the last seconds, in buckets of time: for rates.

mod bucket;
mod epoch;
mod shared_buckets;
mod thread_buckets;

use std::time::Duration;

use crate::{
    clock::{self, Timestamp},
    state::rules::Tally,
    stats::striped::{assign_stripe, stripe_count, stripe_index},
    sync::{AtomicU64, Mutex, Ordering, fence, lock},
    window::sample::Sample,
};
use bucket::BUCKETS;
use epoch::Epoch;
use shared_buckets::SharedBuckets;
use thread_buckets::ThreadBuckets;

/// Counts per bucket of time.
///
/// The window at a time is the bucket that holds it and the nine before. So a call counts for at
/// least 9/10 of the window, and at most for all of it; nothing else is inexact. After a step back
/// of the clock it counts for at most two buckets more.
///
/// | calls | are counted in | by |
/// |---|---|---|
/// | healthy, of a thread that owns buckets | [`ThreadBuckets`], one per core | a plain store |
/// | failed or slow; all calls of other threads | [`SharedBuckets`] | the mutex |
///
/// Buckets begin and end under the mutex only, and sums are made under it. So a sum always sees one
/// window, and meanwhile owners can only add to their newest bucket. Two calls that reach a
/// threshold together:
///
/// 1. A success adds one to its bucket, fences (`SeqCst`), then reads `newest_failure`.
/// 2. A failure sets `newest_failure`, fences, then sums.
/// 3. One of the two fences comes first. The thread of the other one sees both calls, and judges
///    them.
///
/// A success can only trip by completing the minimum of calls. Once a thread has found that many,
/// also without the oldest bucket, its successes skip steps 1 and 2 until its bucket ends. A
/// later sum sees at least what that thread saw: both sums were made under the mutex, and a cell
/// is only written by its owner.
///
/// Refused: a word per cell that packs the number of the bucket with its count. It needs no mutex
/// when a bucket begins. But the number is cut to 32 bits, so a cell that was idle for 2^32 buckets
/// looks current (50 days for a window of 10 ms); a count that overflows changes the number; and
/// every call divides the time.
///
/// A clear is not a single step: a call that ends meanwhile may be counted, and judged, on either
/// side of it.
///
/// Memory: `128 × threads + 352` bytes, where `threads` is the number of cores, at least 4 and at
/// most 32.
pub(crate) struct TimeWindow {
    bucket_nanos: AtomicU64,
    /// The number of buckets in the window.
    ///
    /// [`BUCKETS`], and one per nanosecond in a shorter window.
    span: AtomicU64,
    /// Which calls the buckets hold. Written under the mutex.
    epoch: AtomicU64,
    /// The newest bucket with a failed or slow call, plus one.
    ///
    /// Written under the mutex.
    newest_failure: AtomicU64,
    /// How far the window's time is ahead of the clock.
    ///
    /// Written under the mutex.
    ahead: AtomicU64,
    threads: Box<[ThreadBuckets]>,
    shared: Mutex<SharedBuckets>,
}

impl TimeWindow {
    pub(crate) fn new(length: Duration) -> Self {
        let window = Self {
            bucket_nanos: AtomicU64::new(1),
            span: AtomicU64::new(1),
            epoch: AtomicU64::new(Epoch::NONE.0),
            newest_failure: AtomicU64::new(0),
            ahead: AtomicU64::new(0),
            threads: (0..stripe_count()).map(|_| ThreadBuckets::new()).collect(),
            shared: Mutex::new(SharedBuckets::default()),
        };
        window.resize(length);
        window
    }

    /// Takes another length, and drops what was counted.
    pub(crate) fn resize(&self, length: Duration) {
        let length = clock::nanos(length);
        let mut shared = lock(&self.shared);
        // Relaxed: the change of generation that follows publishes both to the calls that are
        // judged by them.
        self.bucket_nanos
            .store((length / BUCKETS).max(1), Ordering::Relaxed);
        self.span.store(length.clamp(1, BUCKETS), Ordering::Relaxed);
        self.restart(&mut shared, Epoch::cleared);
    }

    /// Counts a call, and returns what the window holds.
    ///
    /// `None` if this call cannot have reached a rate.
    #[inline]
    pub(crate) fn add(
        &self,
        generation: u64,
        sample: Sample,
        now: Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Option<Tally> {
        if sample.is_healthy()
            && let Some(own) = self.threads.get(stripe_index())
        {
            let epoch = self.epoch();
            if epoch.has_generation(generation)
                && own.is_exempt(epoch)
                && own.is_in_newest(now, self.ahead(), self.bucket_nanos())
            {
                own.add();
                return None;
            }
        }
        self.add_and_sum(generation, sample, now, minimum_calls)
    }

    /// Counts a call that may begin a bucket, or complete the minimum of calls.
    #[inline(never)]
    fn add_and_sum(
        &self,
        generation: u64,
        sample: Sample,
        now: Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Option<Tally> {
        match self.threads.get(assign_stripe()) {
            Some(own) if sample.is_healthy() => self.add_owned(own, generation, now, minimum_calls),
            own => self.add_shared(own, generation, sample, now, minimum_calls),
        }
    }

    /// Counts a healthy call in the buckets of its thread.
    fn add_owned(
        &self,
        own: &ThreadBuckets,
        generation: u64,
        now: Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Option<Tally> {
        let mut epoch = self.epoch();
        let is_current = epoch.has_generation(generation)
            && own.is_of(epoch)
            && own.is_in_newest(now, self.ahead(), self.bucket_nanos());
        if !is_current {
            let mut shared = lock(&self.shared);
            self.enter(&mut shared, Some(own), generation, now)?;
            epoch = shared.epoch;
        }
        own.add();
        // Step 1 of the type's comment.
        fence(Ordering::SeqCst);
        let span = self.span.load(Ordering::Relaxed);
        if !self.has_failure_since(own.newest().saturating_sub(span - 1)) {
            if own.sum(own.newest() + 1, span) >= minimum_calls().into() {
                own.exempt(epoch);
            }
            return None;
        }
        let shared = lock(&self.shared);
        let tally = self.sum(&shared, shared.newest);
        if self.has_enough(&shared, tally, minimum_calls) {
            own.exempt(epoch);
        }
        Some(tally)
    }

    /// Counts any other call.
    fn add_shared(
        &self,
        own: Option<&ThreadBuckets>,
        generation: u64,
        sample: Sample,
        now: Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Option<Tally> {
        let mut shared = lock(&self.shared);
        // The buckets of the thread go on too, so that a call never falls before the previous call
        // of its thread.
        self.enter(&mut shared, own, generation, now)?;
        shared.add(sample);
        if sample.is_healthy() {
            if shared.is_exempt() {
                return None;
            }
        } else {
            // Relaxed: ordered by the fences.
            self.newest_failure.store(shared.newest + 1, Ordering::Relaxed);
        }
        // Step 2 of the type's comment.
        fence(Ordering::SeqCst);
        let tally = self.sum(&shared, shared.newest);
        if self.has_enough(&shared, tally, minimum_calls) {
            shared.exempt();
        }
        Some(tally)
    }

    pub(crate) fn tally(&self, generation: u64, now: Timestamp) -> Tally {
        let shared = lock(&self.shared);
        if shared.epoch.is_of(generation) {
            let bucket = shared.time.at(now) / self.bucket_nanos();
            self.sum(&shared, bucket.max(shared.newest))
        } else {
            Tally::default()
        }
    }

    pub(crate) fn clear(&self) {
        self.restart(&mut lock(&self.shared), Epoch::cleared);
    }

    /// Goes on to the generation and the bucket of a call.
    ///
    /// `None` if the generation is over.
    fn enter(
        &self,
        shared: &mut SharedBuckets,
        own: Option<&ThreadBuckets>,
        generation: u64,
        now: Timestamp,
    ) -> Option<()> {
        if shared.epoch.is_over(generation) {
            return None;
        }
        if !shared.epoch.is_of(generation) {
            self.restart(shared, |_| Epoch::first(generation));
        }
        shared.go_on_to(now, self.bucket_nanos());
        // Relaxed: as in `ahead`.
        self.ahead.store(shared.time.ahead(), Ordering::Relaxed);
        if let Some(own) = own {
            own.go_on_to(shared, self.bucket_nanos());
        }
        Some(())
    }

    /// Empties all buckets.
    ///
    /// Those of a thread are void as soon as the epoch is another one.
    fn restart(&self, shared: &mut SharedBuckets, next: impl FnOnce(Epoch) -> Epoch) {
        let epoch = next(shared.epoch);
        *shared = SharedBuckets::new(epoch);
        // Relaxed, all three: a thread must take the mutex before it counts under the new epoch.
        self.newest_failure.store(0, Ordering::Relaxed);
        self.ahead.store(0, Ordering::Relaxed);
        self.epoch.store(epoch.0, Ordering::Relaxed);
    }

    /// Sums what the window ending with this bucket holds.
    fn sum(&self, shared: &SharedBuckets, bucket: u64) -> Tally {
        let span = self.span.load(Ordering::Relaxed);
        let mut tally = shared.tally(bucket, span);
        for thread in &self.threads {
            if thread.is_of(shared.epoch) {
                tally.calls += thread.sum(bucket, span);
            }
        }
        tally
    }

    /// Returns whether the minimum of calls is reached, also in the next bucket.
    fn has_enough(&self, shared: &SharedBuckets, tally: Tally, minimum_calls: impl FnOnce() -> u32) -> bool {
        let minimum_calls = u64::from(minimum_calls());
        tally.calls >= minimum_calls && self.sum(shared, shared.newest + 1).calls >= minimum_calls
    }

    /// Returns whether a call failed or was slow in this bucket or a later one.
    fn has_failure_since(&self, bucket: u64) -> bool {
        // Relaxed: ordered by the fences.
        self.newest_failure.load(Ordering::Relaxed) > bucket
    }

    #[inline]
    fn epoch(&self) -> Epoch {
        // Relaxed: an older epoch than the one in force counts as a call that came before the
        // change.
        Epoch(self.epoch.load(Ordering::Relaxed))
    }

    #[inline]
    fn ahead(&self) -> u64 {
        // Relaxed: a thread that reads an older one counts as if its call had come before the clock
        // stepped back.
        self.ahead.load(Ordering::Relaxed)
    }

    #[inline]
    fn bucket_nanos(&self) -> u64 {
        self.bucket_nanos.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
