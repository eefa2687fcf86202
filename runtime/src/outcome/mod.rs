//! The end of a call, and its outcome.

mod call_end;
mod counted;
mod verdict;

use std::fmt;

pub(crate) use call_end::CallEnd;
pub(crate) use counted::Counted;
pub use verdict::Verdict;

/// The outcome of a call: success, failure or ignored.
///
/// The outcome is not the return value: an `Err` that the caller caused is often
/// [`Ignored`](Outcome::Ignored), and a slow success can count as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The service did its work.
    Success,
    /// The service failed. Counts towards the threshold.
    Failure,
    /// Neither: no window counts it, and a trial call frees its slot.
    Ignored,
}

impl Outcome {
    /// Returns the lower-case name: `success`, `failure` or `ignored`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Ignored => "ignored",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
