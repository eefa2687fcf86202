//! Who says how a return value counts.

use crate::{error::TimedOut, outcome::Verdict};

/// Says how a value counts.
///
/// Not simply `FnOnce(&R) -> Verdict`: rustc needs several times as long to prove that one, and does so for each annotated
/// function.
pub trait Judge<R> {
    /// How it counts.
    fn judge(self, answer: &R) -> Verdict;
}

/// Judges a value, and makes one where the call took too long.
pub trait TimedJudge<R>: Judge<R> {
    /// What a call that took too long returns.
    fn timed_out(self, timed_out: TimedOut) -> R;
}

/// A function or closure as a judge.
#[derive(Clone, Copy)]
pub(crate) struct By<J>(pub(crate) J);

impl<R, V: Into<Verdict>, J: FnOnce(&R) -> V> Judge<R> for By<J> {
    #[inline]
    fn judge(self, answer: &R) -> Verdict {
        (self.0)(answer).into()
    }
}
