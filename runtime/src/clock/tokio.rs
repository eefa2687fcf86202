//! The default clock: tokio's, real or paused.

use std::{sync::OnceLock, time::Instant};

use crate::clock::nanos;

/// Where the default clock's zero point lies before the first reading. A paused runtime may be younger or older than
/// that reading, so both directions have 146 years.
const ANCHOR_NANOS: u64 = 1 << 62;

static ANCHOR: OnceLock<Instant> = OnceLock::new();

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
