//! The judges of annotated functions: patterns, a classifier or the default.
//!
//! What one asks of `R` is asked where it is made and is not part of its type, so that a mistake is not reported again wherever
//! the judge goes.

use std::marker::PhantomData;

use crate::{
    __private::return_type::judge,
    classify::classifier::{By, Judge, TimedJudge},
    error::TimedOut,
    outcome::{Outcome, Verdict},
};

/// The judge of a function that says nothing about failures: an `Err` is one.
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

impl<T, E> Judge<Result<T, E>> for ByResult<Result<T, E>> {
    #[inline]
    fn judge(self, answer: &Result<T, E>) -> Verdict {
        judge(answer).into()
    }
}

/// As [`ByResult`], for a function with a `timeout` that no fallback answers. A pointer, so that the type says nothing about
/// the error: rustc would prove it, and report it, wherever the judge goes.
#[derive(Debug)]
pub struct ByResultInTime<R>(pub(crate) fn(TimedOut) -> R);

impl<R> Clone for ByResultInTime<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for ByResultInTime<R> {}

impl<T, E> Judge<Result<T, E>> for ByResultInTime<Result<T, E>> {
    fn judge(self, answer: &Result<T, E>) -> Verdict {
        judge(answer).into()
    }
}

impl<T, E> TimedJudge<Result<T, E>> for ByResultInTime<Result<T, E>> {
    fn timed_out(self, timed_out: TimedOut) -> Result<T, E> {
        (self.0)(timed_out)
    }
}

/// The judge of a function that never returns.
#[derive(Debug, Clone, Copy)]
pub struct NeverFails;

impl<R> Judge<R> for NeverFails {
    fn judge(self, _: &R) -> Verdict {
        Outcome::Success.into()
    }
}

/// What a judge may say: an [`Outcome`], or a [`Verdict`] that also asks for a cooldown.
#[diagnostic::on_unimplemented(
    message = "a classifier returns `Outcome` or `Verdict`, not `{Self}`",
    label = "returns `{Self}`"
)]
pub trait Ruling: Into<Verdict> {}

impl Ruling for Outcome {}
impl Ruling for Verdict {}

/// The judge that patterns make.
pub fn judging<R, V: Ruling, J: Fn(&R) -> V + Copy + Unpin>(judge: J) -> impl Judge<R> + Copy + Unpin {
    By(judge)
}

/// Checks a classifier where the user wrote its path.
#[derive(Debug, Clone, Copy)]
pub struct Judging;

impl Judging {
    /// `classify` is the path of a function from the return value to what it counts as.
    pub fn classify<R, V: Ruling>(self, judge: fn(&R) -> V) -> Classifier<R, V> {
        Classifier(judge, V::into)
    }
}

/// A classifier that was checked. No bound on `V`: the type of [`Classifier::by`] would carry it, and report it again.
#[derive(Debug)]
pub struct Classifier<R, V>(fn(&R) -> V, fn(V) -> Verdict);

impl<R, V> Classifier<R, V> {
    /// The judge that it is.
    pub fn by(self) -> impl Judge<R> + Copy + Unpin {
        self
    }
}

impl<R, V> Clone for Classifier<R, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, V> Copy for Classifier<R, V> {}

impl<R, V> Judge<R> for Classifier<R, V> {
    fn judge(self, answer: &R) -> Verdict {
        let Self(judge, rule) = self;
        rule(judge(answer))
    }
}
