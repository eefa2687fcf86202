//! The last so many counted calls: an exact ring of bits.

use super::Sample;
use crate::{
    machine::rules::Tally,
    sync::{AtomicU64, Mutex, Ordering, lock},
};

/// The last `size` counted calls: two bits each, `size / 4` bytes.
///
/// Exact also under concurrency: calls are counted under a mutex. While all of them are healthy, another healthy one changes
/// nothing, and one load says so.
pub(crate) struct CallsWindow {
    ring: Mutex<Ring>,
    /// The generation in which the ring is full of healthy calls, plus one; 0 for none.
    all_healthy: AtomicU64,
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
            all_healthy: AtomicU64::new(0),
        }
    }

    /// Whether the ring is full of healthy calls, so that one more changes nothing.
    #[inline]
    pub(crate) fn is_all_healthy(&self, generation: u64) -> bool {
        // Acquire: a thread that was told of a failure, in whatever way, must not see the flag from before it.
        self.all_healthy.load(Ordering::Acquire) == generation + 1
    }

    /// Counts a call; `None` if the generation is over.
    pub(crate) fn record(&self, generation: u64, sample: Sample) -> Option<Tally> {
        let mut ring = lock(&self.ring);
        if ring.generation < generation {
            ring.generation = generation;
            ring.clear();
        }
        if ring.generation > generation {
            return None;
        }
        ring.push(sample);
        let tally = ring.tally();
        self.publish(&ring);
        Some(tally)
    }

    pub(crate) fn tally(&self, generation: u64) -> Tally {
        let ring = lock(&self.ring);
        if ring.generation == generation {
            ring.tally()
        } else {
            Tally::default()
        }
    }

    pub(crate) fn clear(&self) {
        let mut ring = lock(&self.ring);
        ring.clear();
        self.publish(&ring);
    }

    /// Says whether the ring is full of healthy calls. Called under the lock.
    fn publish(&self, ring: &Ring) {
        let all_healthy = ring.filled == ring.size && ring.failed.ones == 0 && ring.slow.ones == 0;
        let flag = if all_healthy { ring.generation + 1 } else { 0 };
        // Relaxed: all writers hold the lock. Release below pairs with the Acquire in `is_all_healthy`.
        if self.all_healthy.load(Ordering::Relaxed) != flag {
            self.all_healthy.store(flag, Ordering::Release);
        }
    }
}

impl Ring {
    fn push(&mut self, sample: Sample) {
        self.failed.set(self.next, sample.failed);
        self.slow.set(self.next, sample.slow);
        self.next = (self.next + 1) % self.size;
        self.filled = (self.filled + 1).min(self.size);
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
        let (word, mask) = (&mut self.words[index / 64], 1 << (index % 64));
        self.ones = self.ones - u64::from(*word & mask != 0) + u64::from(value);
        if value {
            *word |= mask;
        } else {
            *word &= !mask;
        }
    }

    fn clear(&mut self) {
        if self.ones > 0 {
            self.words.fill(0);
            self.ones = 0;
        }
    }
}
