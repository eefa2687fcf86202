//! The default clock: tokio's, real or paused.

use std::{sync::OnceLock, time::Instant};

use crate::clock::timestamp::nanos;

/// The reading of the default clock at its first use.
///
/// A paused runtime may be younger or older than that moment, so both directions have 146 years.
const ANCHOR_NANOS: u64 = 1 << 62;

static ANCHOR: OnceLock<Instant> = OnceLock::new();

/// Returns the nanoseconds of `tokio::time::Instant`, real or paused.
#[inline]
pub(crate) fn tokio_nanos() -> u64 {
    let now = now();
    let anchor = match ANCHOR.get() {
        Some(anchor) => *anchor,
        None => first_anchor(),
    };
    match now.checked_duration_since(anchor) {
        Some(later) => ANCHOR_NANOS.saturating_add(nanos(later)),
        None => ANCHOR_NANOS.saturating_sub(nanos(anchor.duration_since(now))),
    }
}

/// Reads tokio's clock, or the system's while the thread ends.
///
/// Once any test of the process has paused its clock, tokio reads a thread-local value. That panics
/// in the destructor of another thread-local value.
#[cfg(feature = "test-util")]
fn now() -> Instant {
    match ::tokio::runtime::Handle::try_current() {
        Err(error) if error.is_thread_local_destroyed() => Instant::now(),
        _ => ::tokio::time::Instant::now().into_std(),
    }
}

#[cfg(not(feature = "test-util"))]
#[inline]
fn now() -> Instant {
    ::tokio::time::Instant::now().into_std()
}

#[cold]
fn first_anchor() -> Instant {
    *ANCHOR.get_or_init(Instant::now)
}
