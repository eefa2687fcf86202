//! Windows that do the least: exact, unless their docs say otherwise.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::stripes::stripe_index;
use crate::scenario::{LAST_CALLS, TEN_SECONDS};

const BUCKETS: u64 = 10;
const LEN: usize = 10;

/// A count per bucket and thread, never summed, because no call has failed.
#[derive(Default)]
pub(super) struct Buckets {
    newest_failure: AtomicU64,
    threads: [ThreadBuckets; 4],
}

#[derive(Default)]
#[repr(align(128))]
struct ThreadBuckets {
    /// Bucket and calls in one word, so that a reader never sees half of a change.
    ring: [AtomicU64; LEN],
}

impl Buckets {
    /// Counts a success. Returns whether there is something to judge.
    #[inline]
    pub(super) fn count(&self, nanos: u64) -> bool {
        let bucket = nanos / (u64::try_from(TEN_SECONDS.as_nanos()).unwrap_or(u64::MAX) / BUCKETS);
        let cell = &self.threads[stripe_index()].ring[usize::try_from(bucket % BUCKETS).unwrap_or(0)];
        let mark = bucket << 32;
        // Relaxed: a count orders nothing.
        let old = cell.load(Ordering::Relaxed);
        let fresh = if old >> 32 == bucket { old } else { mark };
        cell.store(fresh + 1, Ordering::Relaxed);
        self.newest_failure.load(Ordering::Relaxed) + BUCKETS > bucket + BUCKETS
    }
}

/// The last calls as bits behind a mutex, and a flag: all of them are healthy.
pub(super) struct Ring {
    all_healthy: AtomicU64,
    bits: Mutex<Bits>,
}

struct Bits {
    words: [u64; 2],
    next: u32,
    failures: u32,
}

impl Ring {
    /// Full of successes.
    pub(super) const fn new() -> Self {
        Self {
            all_healthy: AtomicU64::new(1),
            bits: Mutex::new(Bits {
                words: [0; 2],
                next: 0,
                failures: 0,
            }),
        }
    }

    #[inline]
    pub(super) fn is_all_healthy(&self) -> bool {
        // Acquire: a thread that has seen a failure must not see the flag from before it.
        self.all_healthy.load(Ordering::Acquire) == 1
    }

    /// Counts a call. Returns whether half of the calls have now failed.
    #[inline]
    pub(super) fn count(&self, failed: bool) -> bool {
        let mut bits = self.bits.lock().unwrap_or_else(PoisonError::into_inner);
        let (word, shift) = ((bits.next / 64) as usize, bits.next % 64);
        let old = bits.words[word] >> shift & 1;
        bits.words[word] = bits.words[word] & !(1 << shift) | u64::from(failed) << shift;
        bits.failures = bits.failures + u32::from(failed) - u32::from(old == 1);
        bits.next = if bits.next + 1 == LAST_CALLS {
            0
        } else {
            bits.next + 1
        };
        if failed {
            // Release: pairs with the Acquire above.
            self.all_healthy.store(0, Ordering::Release);
        }
        bits.failures * 2 >= LAST_CALLS
    }
}

/// The last calls without a lock.
/// Two calls that end together may count failures that no order of them has.
#[derive(Default)]
pub(super) struct InexactRing {
    next: AtomicU64,
    words: [AtomicU64; 2],
}

impl InexactRing {
    #[inline]
    pub(super) fn count(&self, failed: bool) -> bool {
        // Relaxed: it is inexact anyway.
        let index = self.next.fetch_add(1, Ordering::Relaxed) % u64::from(LAST_CALLS);
        let word = &self.words[usize::from(index >= 64)];
        let mask = 1 << (index % 64);
        let is_set = word.load(Ordering::Relaxed) & mask != 0;
        if is_set != failed {
            word.fetch_xor(mask, Ordering::Relaxed);
        }
        let failures: u32 = self
            .words
            .iter()
            .map(|word| word.load(Ordering::Relaxed).count_ones())
            .sum();
        failures * 2 >= LAST_CALLS
    }
}
