//! The default clock: tokio's, real or paused.

use std::time::Instant;

use crate::clock::instant::nanos_of;

/// Returns the nanoseconds of `tokio::time::Instant`, real or paused.
#[inline]
pub(crate) fn tokio_nanos() -> u64 {
    nanos_of(now())
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
