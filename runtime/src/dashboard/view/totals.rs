//! The totals since the start.

use serde::Serialize;

use crate::stats::Totals;

/// The totals since the start, with the names of [`Totals`].
#[derive(Debug, Serialize)]
pub(super) struct AllTotals {
    successes: u64,
    failures: u64,
    ignored: u64,
    cancelled: u64,
    rejected: u64,
    timed_out: u64,
    panicked: u64,
    slow: u64,
    late: u64,
    fallback_ok: u64,
    fallback_failed: u64,
    last_good: u64,
}

impl AllTotals {
    pub(super) const fn new(totals: &Totals) -> Self {
        Self {
            successes: totals.successes,
            failures: totals.failures,
            ignored: totals.ignored,
            cancelled: totals.cancelled,
            rejected: totals.rejected,
            timed_out: totals.timed_out,
            panicked: totals.panicked,
            slow: totals.slow,
            late: totals.late,
            fallback_ok: totals.fallback_ok,
            fallback_failed: totals.fallback_failed,
            last_good: totals.last_good,
        }
    }
}
