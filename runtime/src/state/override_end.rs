//! The time at which an override ends by itself.

use crate::{
    clock::Timestamp,
    sync::{AtomicU64, Ordering},
};

/// No override, or one without an end.
const NONE: u64 = u64::MAX;

/// The end of a breaker's override.
///
/// Only the holder of the engine's control lock writes it. Calls read it when they meet an
/// override.
pub(crate) struct OverrideEnd(AtomicU64);

impl OverrideEnd {
    pub(crate) fn none() -> Self {
        Self(AtomicU64::new(NONE))
    }

    /// Sets the end: before the override that it belongs to, or after the release.
    /// The last reading of the clock means no end.
    pub(crate) fn set(&self, end: Option<Timestamp>) {
        // Release: a call that reads this also sees the release before it.
        self.0
            .store(end.map_or(NONE, Timestamp::nanos), Ordering::Release);
    }

    pub(crate) fn get(&self) -> Option<Timestamp> {
        // Acquire: pairs with the Release in `set`.
        let nanos = self.0.load(Ordering::Acquire);
        (nanos != NONE).then(|| Timestamp::from_nanos(nanos))
    }

    /// Returns whether the override has an end, and it has come at `now`.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.get().is_some_and(|end| now >= end)
    }
}
