//! The last counted calls: an exact ring of bits.

use crate::{
    state::rules::Tally,
    sync::{AtomicU64, Mutex, Ordering, lock},
    window::{
        generation::{NO_GENERATION, is_stale},
        sample::Sample,
    },
};

const PENDING: u64 = (1 << 15) - 1;
const ALL_HEALTHY: u64 = 1 << 15;
const GENERATION_SHIFT: u32 = 16;
/// The ring is not full, or a thread holds its lock: every call takes the lock.
const CLOSED: u64 = 0;

/// The last `size` counted calls: two bits each, `size / 4` bytes.
///
/// Exact also under concurrency. Every call that can trip the breaker is counted under the mutex. A
/// success that enters a full ring cannot: it only replaces an older call. So successes take a fast
/// path:
///
/// * While all calls in the ring are healthy, one more changes nothing. One load shows it.
/// * Otherwise a success is added to the pending ones, by one compare-exchange.
/// * The next thread to take the mutex first moves the pending successes into the ring.
///
/// `successes` is one word:
///
/// | bits | content |
/// |---|---|
/// | 16–63 | the generation plus one; 0 while the word is closed |
/// | 15 | all calls in the ring are healthy |
/// | 0–14 | the number of pending successes, plus `PENDING − size` |
///
/// The number starts so high that it reaches `PENDING` with `size` pending successes. The success
/// after those takes the mutex, and finds a ring of healthy calls.
pub(crate) struct CallsWindow {
    ring: Mutex<CallRing>,
    successes: AtomicU64,
}

struct CallRing {
    generation: u64,
    size: usize,
    /// Where the next call goes.
    next: usize,
    filled: usize,
    failed: Bits,
    slow: Bits,
}

impl CallsWindow {
    /// Makes a window without room for calls.
    pub(crate) fn new() -> Self {
        Self {
            ring: Mutex::new(CallRing::new(NO_GENERATION, 0)),
            successes: AtomicU64::new(CLOSED),
        }
    }

    /// Makes room for `size` calls, and drops what was in it.
    ///
    /// A window without room counts nothing.
    pub(crate) fn resize(&self, size: u32) {
        let mut ring = lock(&self.ring);
        self.take_pending(&ring);
        *ring = CallRing::new(ring.generation, size as usize);
    }

    /// Returns whether the ring is full of healthy calls, so that one more changes
    /// nothing.
    #[inline]
    pub(crate) fn is_all_healthy(&self, generation: u64) -> bool {
        // Acquire: a thread that learned of a failure by other means must not see the word from
        // before that failure.
        self.successes.load(Ordering::Acquire) == of_generation(generation) | ALL_HEALTHY
    }

    /// Counts a healthy success without the lock, if that is possible.
    ///
    /// If it returns false, [`add`](Self::add) must count the success.
    #[inline]
    pub(crate) fn count_success(&self, generation: u64) -> bool {
        // Acquire: as in `is_all_healthy`.
        let mut successes = self.successes.load(Ordering::Acquire);
        while successes >> GENERATION_SHIFT == generation + 1 && successes & PENDING != PENDING {
            if successes & ALL_HEALTHY != 0 {
                return true;
            }
            // Release: the thread that moves this success into the ring sees what came before the
            // call. Acquire on failure: as above.
            match self.successes.compare_exchange_weak(
                successes,
                successes + 1,
                Ordering::Release,
                Ordering::Acquire,
            ) {
                Ok(_) => return true,
                Err(newer) => successes = newer,
            }
        }
        false
    }

    /// Counts a call.
    ///
    /// `None` if its generation is over, or if a change of settings has left the window without
    /// room.
    pub(crate) fn add(&self, generation: u64, sample: Sample) -> Option<Tally> {
        let mut ring = lock(&self.ring);
        if ring.size == 0 || is_stale(generation, ring.generation) {
            return None;
        }
        let pending = self.take_pending(&ring);
        if ring.generation == generation {
            ring.push_successes(pending);
        } else {
            ring.generation = generation;
            ring.clear();
        }
        ring.push(sample);
        let tally = ring.tally();
        self.publish(&ring);
        Some(tally)
    }

    pub(crate) fn tally(&self, generation: u64) -> Tally {
        let mut ring = lock(&self.ring);
        if ring.generation != generation {
            return Tally::default();
        }
        let pending = self.take_pending(&ring);
        ring.push_successes(pending);
        let tally = ring.tally();
        self.publish(&ring);
        tally
    }

    pub(crate) fn clear(&self) {
        let mut ring = lock(&self.ring);
        self.take_pending(&ring);
        ring.clear();
        self.publish(&ring);
    }

    /// Closes the word until [`publish`](Self::publish). Called under the lock.
    ///
    /// Returns the number of pending successes.
    fn take_pending(&self, ring: &CallRing) -> u64 {
        // Acquire: pairs with the Release of the threads that counted. Threads that come later take
        // the lock.
        match self.successes.swap(CLOSED, Ordering::Acquire) {
            CLOSED => 0,
            successes if successes & ALL_HEALTHY != 0 => 0,
            successes => (successes & PENDING) - ring.first_pending(),
        }
    }

    /// Opens the word, if the ring is full. Called under the lock.
    fn publish(&self, ring: &CallRing) {
        if ring.size > 0 && ring.filled == ring.size {
            let start = if ring.is_all_healthy() {
                ALL_HEALTHY
            } else {
                ring.first_pending()
            };
            // Release: pairs with the Acquire in `count_success`.
            self.successes
                .store(of_generation(ring.generation) | start, Ordering::Release);
        }
    }
}

impl CallRing {
    fn new(generation: u64, size: usize) -> Self {
        Self {
            generation,
            size,
            next: 0,
            filled: 0,
            failed: Bits::new(size),
            slow: Bits::new(size),
        }
    }

    fn push(&mut self, sample: Sample) {
        self.failed.set(self.next, sample.failed);
        self.slow.set(self.next, sample.slow);
        self.next += 1;
        if self.next == self.size {
            self.next = 0;
        }
        self.filled = (self.filled + 1).min(self.size);
    }

    /// Moves this many healthy calls into a full ring, at most as many as fit.
    fn push_successes(&mut self, count: u64) {
        let mut left = index(count);
        while left > 0 {
            let places = left.min(self.size - self.next);
            self.failed.clear_range(self.next, places);
            self.slow.clear_range(self.next, places);
            self.next += places;
            if self.next == self.size {
                self.next = 0;
            }
            left -= places;
        }
    }

    /// Returns the number that the pending successes are counted from.
    fn first_pending(&self) -> u64 {
        PENDING - self.size as u64
    }

    fn is_all_healthy(&self) -> bool {
        self.failed.ones == 0 && self.slow.ones == 0
    }

    fn tally(&self) -> Tally {
        Tally {
            calls: self.filled as u64,
            failures: self.failed.ones,
            slow: self.slow.ones,
        }
    }

    fn clear(&mut self) {
        self.next = 0;
        self.filled = 0;
        self.failed.clear();
        self.slow.clear();
    }
}

/// Returns the upper part of the word of successes. Generations have 39 bits,
/// so one more fits.
const fn of_generation(generation: u64) -> u64 {
    (generation + 1) << GENERATION_SHIFT
}

#[allow(clippy::cast_possible_truncation, reason = "at most the size of a ring")]
const fn index(count: u64) -> usize {
    count as usize
}

/// Bits, and how many of them are set.
struct Bits {
    words: Box<[u64]>,
    ones: u64,
}

impl Bits {
    fn new(size: usize) -> Self {
        Self {
            words: vec![0; size.div_ceil(64)].into_boxed_slice(),
            ones: 0,
        }
    }

    fn set(&mut self, index: usize, value: bool) {
        if !value && self.ones == 0 {
            return;
        }
        let (word, mask) = (&mut self.words[index / 64], 1 << (index % 64));
        self.ones = self.ones - u64::from(*word & mask != 0) + u64::from(value);
        if value {
            *word |= mask;
        } else {
            *word &= !mask;
        }
    }

    fn clear_range(&mut self, start: usize, length: usize) {
        let (mut next, end) = (start, start + length);
        while self.ones > 0 && next < end {
            let count = (64 - next % 64).min(end - next);
            let mask = u64::MAX >> (64 - count) << (next % 64);
            let word = &mut self.words[next / 64];
            self.ones -= u64::from((*word & mask).count_ones());
            *word &= !mask;
            next += count;
        }
    }

    fn clear(&mut self) {
        if self.ones > 0 {
            self.words.fill(0);
            self.ones = 0;
        }
    }
}
