//! The counts of a registry about the delivery of its events.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::sync::{AtomicU64, Ordering};

/// The counters of one registry, shared with its inboxes.
#[derive(Debug)]
pub(super) struct Counters {
    dropped: AtomicU64,
    panics: AtomicU64,
}

impl Counters {
    pub(super) fn new() -> Self {
        Self {
            dropped: AtomicU64::new(0),
            panics: AtomicU64::new(0),
        }
    }

    /// Runs user code. A panic in it is counted and goes no further.
    pub(super) fn guarded(&self, user_code: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(user_code)) {
            // Not dropped: the payload is user code too, and its `Drop` could panic again.
            mem::forget(payload);
            // Relaxed: a number for people.
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts one dropped event.
    pub(super) fn count_dropped(&self) {
        // Relaxed: a number for people.
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self) -> u64 {
        // Relaxed: a number for people.
        self.dropped.load(Ordering::Relaxed)
    }

    pub(super) fn panics(&self) -> u64 {
        // Relaxed: a number for people.
        self.panics.load(Ordering::Relaxed)
    }
}
