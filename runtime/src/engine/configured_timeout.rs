//! The timeout that configuration sets in place of the one in the code.

use std::time::Duration;

use crate::{
    clock,
    sync::{AtomicU64, Ordering},
};

const NONE: u64 = u64::MAX;

/// The timeout that configuration sets, if it sets one.
///
/// Only calls that have a timeout read it, so it is not on the cache line of healthy calls.
pub(super) struct ConfiguredTimeout(AtomicU64);

impl ConfiguredTimeout {
    pub(super) fn none() -> Self {
        Self(AtomicU64::new(NONE))
    }

    #[inline]
    pub(super) fn get(&self) -> Option<Duration> {
        // Relaxed: a call that starts beside a change may take either value.
        let nanos = self.0.load(Ordering::Relaxed);
        (nanos != NONE).then(|| Duration::from_nanos(nanos))
    }

    pub(super) fn set(&self, timeout: Option<Duration>) {
        // Relaxed: see `get`.
        self.0
            .store(timeout.map_or(NONE, clock::nanos), Ordering::Relaxed);
    }
}
