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
    let now = ::tokio::time::Instant::now().into_std();
    let anchor = match ANCHOR.get() {
        Some(anchor) => *anchor,
        None => first_anchor(),
    };
    match now.checked_duration_since(anchor) {
        Some(later) => ANCHOR_NANOS.saturating_add(nanos(later)),
        None => ANCHOR_NANOS.saturating_sub(nanos(anchor.duration_since(now))),
    }
}

#[cold]
fn first_anchor() -> Instant {
    *ANCHOR.get_or_init(Instant::now)
}
