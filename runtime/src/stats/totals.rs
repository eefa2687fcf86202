//! Totals since the start, counted per thread.

use crate::{
    outcome::{CallEnd, Counted, Outcome},
    stats::striped::{assign_stripe, stripe_count, stripe_index},
    sync::{AtomicU64, Ordering},
};

/// One of the counted things.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Count {
    Success,
    Error,
    TimedOut,
    Panicked,
    /// A call that is a failure only because it was slow.
    TooSlow,
    Ignored,
    Cancelled,
    Late,
    Rejected,
    Slow,
    LastGood,
    FallbackOk,
    FallbackFailed,
    /// Counted for keyed breakers only. It is the last one, see [`COUNTS`].
    Admitted,
}

const COUNTS: usize = Count::Admitted as usize + 1;

/// The totals of one breaker, in `128 × (stripes + 1)` bytes.
///
/// There are as many stripes as the machine has cores, within 4 and 32.
pub(crate) struct StripedTotals {
    /// One for each thread that has an index.
    owned: Box<[TotalsStripe]>,
    /// The stripe of all other threads.
    shared: Box<TotalsStripe>,
}

/// The counters of one thread, on two cache lines.
///
/// Some processors fetch them in pairs.
#[derive(Default)]
#[repr(align(128))]
struct TotalsStripe([AtomicU64; COUNTS]);

impl StripedTotals {
    pub(crate) fn new() -> Self {
        Self {
            owned: (0..stripe_count()).map(|_| TotalsStripe::default()).collect(),
            shared: Box::default(),
        }
    }

    /// Counts one.
    #[inline]
    pub(crate) fn add(&self, count: Count) {
        if !self.add_owned(count) {
            self.assign_and_add(count);
        }
    }

    /// Counts one for a thread without a stripe, which may take one now.
    #[cold]
    fn assign_and_add(&self, count: Count) {
        // A thread takes its index with its first call.
        assign_stripe();
        if !self.add_owned(count) {
            // Relaxed: a total orders nothing.
            self.shared.0[count as usize].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts an ended call by how it ended, then whether it was slow and whether
    /// its result was stale (R3).
    ///
    /// A failure is counted by its kind. The number of failures is the sum of
    /// the kinds, so no reader finds one without the other.
    #[inline]
    pub(crate) fn add_call(&self, end: CallEnd, counted: Counted, is_stale: bool) {
        self.add(match counted {
            Counted::Call { failed: false, .. } => Count::Success,
            Counted::Call { failed: true, .. } => kind_of_failure(end),
            Counted::Ignored => Count::Ignored,
            Counted::Cancelled => Count::Cancelled,
        });
        if let Counted::Call { slow: true, .. } = counted {
            self.add(Count::Slow);
        }
        if is_stale {
            self.add(Count::Late);
        }
    }

    /// Counts one in the stripe of the running thread. Returns false if it has
    /// none, or no index yet.
    #[inline]
    #[must_use]
    pub(crate) fn add_owned(&self, count: Count) -> bool {
        // The check of the bounds is the check whether the thread has a stripe.
        let Some(stripe) = self.owned.get(stripe_index()) else {
            return false;
        };
        let cell = &stripe.0[count as usize];
        // Relaxed, and no read-modify-write: this thread alone writes the cell; a stripe gets
        // a new owner under a mutex.
        cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        true
    }

    /// Sums one count over all threads.
    ///
    /// Exact when the breaker is quiet, and never ahead of the calls.
    pub(crate) fn sum(&self, count: Count) -> u64 {
        // Relaxed: each cell only grows, and the totals promise no common moment.
        self.owned
            .iter()
            .chain([&*self.shared])
            .map(|stripe| stripe.0[count as usize].load(Ordering::Relaxed))
            .sum()
    }

    /// Returns the calls that were admitted and have not ended, if admissions are
    /// counted.
    pub(crate) fn in_flight(&self) -> u64 {
        // Ends are read first. A call that ends in between is then seen as in flight, and no call
        // in flight is overlooked.
        let ended = self.totals().calls();
        self.sum(Count::Admitted).saturating_sub(ended)
    }

    /// Sums all totals.
    pub(crate) fn totals(&self) -> Totals {
        let errors = self.sum(Count::Error);
        let timed_out = self.sum(Count::TimedOut);
        let panicked = self.sum(Count::Panicked);
        let too_slow = self.sum(Count::TooSlow);
        Totals {
            successes: self.sum(Count::Success),
            failures: errors + timed_out + panicked + too_slow,
            errors,
            timed_out,
            panicked,
            too_slow,
            ignored: self.sum(Count::Ignored),
            cancelled: self.sum(Count::Cancelled),
            late: self.sum(Count::Late),
            rejected: self.sum(Count::Rejected),
            slow: self.sum(Count::Slow),
            last_good: self.sum(Count::LastGood),
            fallback_ok: self.sum(Count::FallbackOk),
            fallback_failed: self.sum(Count::FallbackFailed),
        }
    }
}

/// Returns the kind of a failure. An error that is also slow is an error.
const fn kind_of_failure(end: CallEnd) -> Count {
    match end {
        CallEnd::TimedOut => Count::TimedOut,
        CallEnd::Panicked => Count::Panicked,
        CallEnd::Returned(verdict) if matches!(verdict.outcome(), Outcome::Failure) => Count::Error,
        CallEnd::Returned(_) | CallEnd::Dropped => Count::TooSlow,
    }
}

/// Totals of one breaker since it was made.
///
/// Exact when the breaker is quiet. Not atomic as a whole while calls run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Totals {
    /// Calls that ended as a [`Success`](crate::Outcome::Success).
    pub successes: u64,
    /// Calls that ended as a [`Failure`](crate::Outcome::Failure): the sum of
    /// the four kinds that follow.
    pub failures: u64,
    /// Failures that returned: for example an `Err`.
    pub errors: u64,
    /// Failures that `timeout` ended.
    pub timed_out: u64,
    /// Failures that panicked.
    pub panicked: u64,
    /// Failures only because they took at least `slow_call`.
    pub too_slow: u64,
    /// Calls that ended as [`Ignored`](crate::Outcome::Ignored).
    pub ignored: u64,
    /// Calls whose future was dropped before its end, and that were not slow.
    #[doc(alias = "canceled")]
    pub cancelled: u64,
    /// Stale results: calls that ended after the generation they were admitted in.
    ///
    /// Each is also counted by how it ended.
    pub late: u64,
    /// Rejected calls. The function did not run.
    #[doc(alias = "not_permitted_calls")]
    pub rejected: u64,
    /// Calls that took at least `slow_call`. They are also counted in `successes`
    /// or `failures`.
    pub slow: u64,
    /// Kept values that were served in place of an answer; always 0 without the
    /// feature `last-good`.
    pub last_good: u64,
    /// Fallbacks of annotated functions that answered with what counts as a
    /// success.
    pub fallback_ok: u64,
    /// Fallbacks that answered with a failure.
    pub fallback_failed: u64,
}

impl Totals {
    /// Returns the number of calls that were admitted and have ended:
    /// successes, failures, ignored and cancelled ones.
    pub const fn calls(&self) -> u64 {
        self.successes + self.failures + self.ignored + self.cancelled
    }
}
