//! How a call counts.

mod verdict;

pub use verdict::Verdict;

/// How a call counts for its breaker.
///
/// What the function returned is one thing, how it counts is another: an `Err` of a caller's own making is often
/// [`Ignored`](Outcome::Ignored), and a slow success can count as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The service did its work.
    Success,
    /// The service failed; counts against the threshold.
    Failure,
    /// Says nothing about the service: no window counts it, and a trial call gives its slot back.
    Ignored,
}
