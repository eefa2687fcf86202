//! The way in which the end of a call is counted.

use crate::outcome::Outcome;

/// The way in which the end of a call is counted: in the window, for a trial
/// call and in the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// A success or a failure, slow or not.
    Call { failed: bool, slow: bool },
    /// Neither: the classifier ignored it.
    Ignored,
    /// Neither: the caller dropped it.
    Cancelled,
}

impl Counted {
    /// Returns the outcome that the caller of
    /// [`Permit::record`](crate::Permit::record) gets.
    pub(crate) const fn outcome(self) -> Outcome {
        match self {
            Self::Call { failed: true, .. } => Outcome::Failure,
            Self::Call { failed: false, .. } => Outcome::Success,
            Self::Ignored | Self::Cancelled => Outcome::Ignored,
        }
    }
}
