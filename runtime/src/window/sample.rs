//! The input of a window, and the tally that a reader gets.

use crate::state::rules::Tally;

/// One counted call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) failed: bool,
    pub(crate) slow: bool,
}

impl Sample {
    pub(super) const HEALTHY: Self = Self {
        failed: false,
        slow: false,
    };

    pub(super) const fn is_healthy(self) -> bool {
        !self.failed && !self.slow
    }
}

/// The result of counting a healthy success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Successful {
    /// It cannot trip.
    Counted,
    /// The window holds failed or slow calls, and must be judged.
    CountedAmongFailures(Tally),
    /// It must be [recorded](Window::record).
    NotCounted,
}

/// The tally that a window reports to a reader. `None` if successes are not
/// counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ReportedTally {
    pub(crate) calls: Option<u64>,
    pub(crate) failures: u64,
    pub(crate) slow: Option<u64>,
}
