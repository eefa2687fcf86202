//! Why a fallback answers.

use crate::error::{Rejected, TimedOut};

/// Why a fallback is asked to answer.
///
/// `R` is the whole return value of the function. A `fallback = |cause| expr` gets one; with
/// `fallback_on = "rejection"` (the default) it is always [`Rejected`](Self::Rejected).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause<R> {
    /// The breaker refused the call: the function did not run.
    Rejected(Rejected),
    /// The function took longer than `timeout` and was dropped.
    TimedOut(TimedOut),
    /// The function returned this, and it counts as a failure.
    Failed(R),
}
