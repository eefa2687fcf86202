//! The classifier of a call: what decides how a return value counts.

use crate::{
    error::TimedOut,
    outcome::{Outcome, Verdict},
};

/// Decides how a return value counts. Called once for each call.
///
/// Not simply `FnOnce(&R) -> Verdict`: rustc takes several times as long to prove that bound, and
/// proves it for each annotated function.
pub trait Classifier<R> {
    /// Returns how this value counts.
    fn classify(&mut self, result: &R) -> Verdict;
}

/// A classifier that also makes the return value of a call that timed out.
pub trait TimedClassifier<R>: Classifier<R> {
    /// Makes the return value of a call that timed out.
    fn timed_out(&mut self, timed_out: TimedOut) -> R;
}

/// `Ok` is a success, `Err` a failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByVariant;

impl<T, E> Classifier<Result<T, E>> for ByVariant {
    #[inline]
    fn classify(&mut self, result: &Result<T, E>) -> Verdict {
        let outcome = if result.is_ok() {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        outcome.into()
    }
}

/// A function or closure that may be called once.
pub(crate) struct ByFunction<C>(Option<C>);

impl<C> ByFunction<C> {
    pub(crate) const fn new(classify: C) -> Self {
        Self(Some(classify))
    }
}

impl<R, V: Into<Verdict>, C: FnOnce(&R) -> V> Classifier<R> for ByFunction<C> {
    #[inline]
    fn classify(&mut self, result: &R) -> Verdict {
        let classify = self.0.take().expect("a call is classified once");
        classify(result).into()
    }
}
