//! Durations in messages.

use std::{fmt, time::Duration};

/// A duration in a message, rounded up to two digits.
pub(crate) struct Rounded(pub(crate) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let step: u128 = match nanos {
            0..1_000_000 => 1_000,
            1_000_000..1_000_000_000 => 1_000_000,
            1_000_000_000..10_000_000_000 => 100_000_000,
            _ => 1_000_000_000,
        };
        // Up, so that a caller that waits for it does not come too early.
        let rounded = Duration::from_nanos(u64::try_from(nanos.div_ceil(step) * step).unwrap_or(u64::MAX));
        fmt::Debug::fmt(&rounded, f)
    }
}
