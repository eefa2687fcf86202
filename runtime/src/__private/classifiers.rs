//! The classifiers of annotated functions: patterns, a path or the default.
//!
//! What a classifier needs of `R` is checked where it is made and is not a part of its type. So a
//! mistake is not reported again at each place that it reaches.

use std::marker::PhantomData;

use crate::{
    classify::classifier::{ByVariant, Classifier, TimedClassifier},
    error::TimedOut,
    outcome::{Outcome, Verdict},
};

/// The classifier of a function without `failure`, `ignore` and `classify`: an
/// `Err` is a failure.
#[derive(Debug)]
pub struct ByResult<R>(PhantomData<fn(&R)>);

impl<R> ByResult<R> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<R> Clone for ByResult<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for ByResult<R> {}

impl<T, E> Classifier<Result<T, E>> for ByResult<Result<T, E>> {
    #[inline]
    fn classify(&mut self, result: &Result<T, E>) -> Verdict {
        ByVariant.classify(result)
    }
}

/// Like [`ByResult`], but for a function with a `timeout` that no fallback
/// answers.
///
/// A pointer, so that the bound on the error is not a part of the type: rustc would prove and
/// report it at each place that the classifier reaches.
#[derive(Debug)]
pub struct ByResultInTime<R>(pub(crate) fn(TimedOut) -> R);

impl<R> Clone for ByResultInTime<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for ByResultInTime<R> {}

impl<T, E> Classifier<Result<T, E>> for ByResultInTime<Result<T, E>> {
    fn classify(&mut self, result: &Result<T, E>) -> Verdict {
        ByVariant.classify(result)
    }
}

impl<T, E> TimedClassifier<Result<T, E>> for ByResultInTime<Result<T, E>> {
    fn timed_out(&mut self, timed_out: TimedOut) -> Result<T, E> {
        (self.0)(timed_out)
    }
}

/// The classifier of a function that never returns.
#[derive(Debug, Clone, Copy)]
pub struct NeverFails;

impl<R> Classifier<R> for NeverFails {
    fn classify(&mut self, _: &R) -> Verdict {
        Outcome::Success.into()
    }
}

/// What a classifier returns: an [`Outcome`], or a [`Verdict`] that also
/// requests a cooldown.
#[diagnostic::on_unimplemented(
    message = "a classifier returns `Outcome` or `Verdict`, not `{Self}`",
    label = "returns `{Self}`"
)]
pub trait Ruling: Into<Verdict> {}

impl Ruling for Outcome {}
impl Ruling for Verdict {}

/// A closure that the attribute made of patterns.
#[derive(Clone, Copy)]
struct ByPatterns<C>(C);

impl<R, V: Into<Verdict>, C: Fn(&R) -> V> Classifier<R> for ByPatterns<C> {
    #[inline]
    fn classify(&mut self, result: &R) -> Verdict {
        (self.0)(result).into()
    }
}

/// Returns the classifier that patterns make.
pub fn by_patterns<R, V: Ruling, C: Fn(&R) -> V + Copy + Unpin>(
    classify: C,
) -> impl Classifier<R> + Copy + Unpin {
    ByPatterns(classify)
}

/// Checks a classifier at the path that the user wrote.
#[derive(Debug, Clone, Copy)]
pub struct Classifying;

impl Classifying {
    /// Makes a classifier of `classify`, the path of a function from the return
    /// value to its outcome.
    pub fn classify<R, V: Ruling>(self, classify: fn(&R) -> V) -> ByPath<R, V> {
        ByPath(classify, V::into)
    }
}

/// A checked path.
///
/// No bound on `V`: the type of [`ByPath::by`] would carry it, and report it again.
#[derive(Debug)]
pub struct ByPath<R, V>(fn(&R) -> V, fn(V) -> Verdict);

impl<R, V> ByPath<R, V> {
    /// Returns the classifier itself.
    pub fn by(self) -> impl Classifier<R> + Copy + Unpin {
        self
    }
}

impl<R, V> Clone for ByPath<R, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, V> Copy for ByPath<R, V> {}

impl<R, V> Classifier<R> for ByPath<R, V> {
    fn classify(&mut self, result: &R) -> Verdict {
        let Self(classify, verdict) = self;
        verdict(classify(result))
    }
}
