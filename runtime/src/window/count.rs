//! The last so many counted calls: an exact ring of bits.

use crate::window::Sample;
use crate::{
    state::rules::Tally,
    sync::{AtomicU64, Mutex, Ordering, lock},
};

// Of the word of successes, from the low end: how many wait to be entered, whether one changes anything, the generation plus one.
// The number starts so that it reaches the mask with as many as the ring has places.
const WAITING: u64 = (1 << 15) - 1;
const ALL_HEALTHY: u64 = 1 << 15;
const GENERATION_SHIFT: u32 = 16;
/// While the ring is not full, every call takes the lock.
const NOT_FULL: u64 = 0;

/// The last `size` counted calls: two bits each, `size / 4` bytes.
///
/// Exact also under concurrency: whatever can trip is counted under a mutex. A success in a full ring cannot: it only takes the
/// place of an older call. So it is counted in `successes`, by one compare-exchange, and whoever takes the lock next enters those
/// that wait there before his own call. While all calls in the ring are healthy, another healthy one changes nothing, and one load
/// says so.
pub(crate) struct CallsWindow {
    ring: Mutex<Ring>,
    /// The successes of this generation that came after the newest call in the ring, or [`ALL_HEALTHY`], or [`NOT_FULL`].
    successes: AtomicU64,
}

struct Ring {
    generation: u64,
    size: usize,
    /// Where the next call goes.
    next: usize,
    filled: usize,
    failed: Bits,
    slow: Bits,
}

impl CallsWindow {
    pub(crate) fn new(size: u32) -> Self {
        let size = size as usize;
        let ring = Ring {
            generation: 0,
            size,
            next: 0,
            filled: 0,
            failed: Bits::new(size),
            slow: Bits::new(size),
        };
        Self {
            ring: Mutex::new(ring),
            successes: AtomicU64::new(NOT_FULL),
        }
    }

    /// Whether the ring is full of healthy calls, so that one more changes nothing.
    #[inline]
    pub(crate) fn is_all_healthy(&self, generation: u64) -> bool {
        // Acquire: a thread that was told of a failure, in whatever way, must not see the word from before it.
        self.successes.load(Ordering::Acquire) == of_generation(generation) | ALL_HEALTHY
    }

    /// Counts a healthy success where that takes no lock; false where it must be [recorded](Self::record).
    #[inline]
    pub(crate) fn count_success(&self, generation: u64) -> bool {
        // Acquire: as in `is_all_healthy`.
        let mut successes = self.successes.load(Ordering::Acquire);
        // One more than the ring has places is recorded, and finds that all are healthy again.
        while successes >> GENERATION_SHIFT == generation + 1 && successes & WAITING != WAITING {
            if successes & ALL_HEALTHY != 0 {
                return true;
            }
            // Release: what this thread did before its call is seen by who enters it. Acquire on failure: as above.
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

    /// Counts a call; `None` if the generation is over.
    pub(crate) fn record(&self, generation: u64, sample: Sample) -> Option<Tally> {
        let mut ring = lock(&self.ring);
        if ring.generation > generation {
            return None;
        }
        let waiting = self.take_waiting(&ring);
        if ring.generation < generation {
            ring.generation = generation;
            ring.clear();
        } else {
            ring.push_successes(waiting);
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
        let waiting = self.take_waiting(&ring);
        ring.push_successes(waiting);
        let tally = ring.tally();
        self.publish(&ring);
        tally
    }

    pub(crate) fn clear(&self) {
        let mut ring = lock(&self.ring);
        self.take_waiting(&ring);
        ring.clear();
        self.publish(&ring);
    }

    /// Stops the counting of successes outside of the lock, until [`publish`](Self::publish); returns how many waited. Called under
    /// the lock.
    fn take_waiting(&self, ring: &Ring) -> u64 {
        // Acquire: pairs with the Release of who counted. Those who come later take the lock.
        match self.successes.swap(NOT_FULL, Ordering::Acquire) {
            successes if successes >> GENERATION_SHIFT != ring.generation + 1 => 0,
            successes if successes & ALL_HEALTHY != 0 => 0,
            successes => (successes & WAITING) - ring.first_waiting(),
        }
    }

    /// Opens the counting of successes outside of the lock, if the ring is full. Called under the lock.
    fn publish(&self, ring: &Ring) {
        if ring.filled == ring.size {
            let start = if ring.is_all_healthy() {
                ALL_HEALTHY
            } else {
                ring.first_waiting()
            };
            // Release: pairs with the Acquire in `count_success`.
            self.successes
                .store(of_generation(ring.generation) | start, Ordering::Release);
        }
    }
}

impl Ring {
    fn push(&mut self, sample: Sample) {
        self.failed.set(self.next, sample.failed);
        self.slow.set(self.next, sample.slow);
        self.next += 1;
        if self.next == self.size {
            self.next = 0;
        }
        self.filled = (self.filled + 1).min(self.size);
    }

    /// So many healthy calls into a full ring, at most as many as it has places.
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

    /// What the number of waiting successes starts from.
    fn first_waiting(&self) -> u64 {
        WAITING - self.size as u64
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

/// The part of the word of successes that names the generation.
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
