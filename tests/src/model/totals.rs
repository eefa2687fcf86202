//! The totals since the start.

/// Totals since the start; each ended call is in exactly one of the first four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Counted as a success.
    pub successes: u64,
    /// Counted as a failure.
    pub failures: u64,
    /// Ended as `Ignored`.
    pub ignored: u64,
    /// Dropped by the caller and neutral.
    pub cancelled: u64,
    /// A result of an older generation, which is also counted by how it ended.
    pub late: u64,
    /// Rejections, which are not calls.
    pub rejected: u64,
    /// Counted calls that took at least `slow_call`.
    pub slow: u64,
    /// Failures that were panics.
    pub panicked: u64,
}

impl Totals {
    /// Returns the number of calls that have ended.
    pub fn calls(&self) -> u64 {
        self.successes + self.failures + self.ignored + self.cancelled
    }
}
