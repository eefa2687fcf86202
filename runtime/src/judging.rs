//! Who says how a return value counts: patterns and a classifier, as one kind of function.

use crate::{classify::Verdict, outcome::Outcome};

/// The judge of a function that never returns.
pub fn never_fails<R>(_: &R) -> Verdict {
    Verdict::from(Outcome::Success)
}

/// What a judge may say: an [`Outcome`], or a [`Verdict`] that also asks for a cooldown.
#[diagnostic::on_unimplemented(
    message = "a classifier returns `Outcome` or `Verdict`, not `{Self}`",
    label = "returns `{Self}`"
)]
pub trait Ruling: Into<Verdict> {}

impl Ruling for Outcome {}
impl Ruling for Verdict {}

/// A judge of one type, whether patterns, a classifier or the default judges.
pub fn judging<R, V: Ruling, J: Fn(&R) -> V + Copy + Unpin>(
    judge: J,
) -> impl Fn(&R) -> Verdict + Copy + Unpin {
    move |result: &R| judge(result).into()
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
    pub fn by(self) -> impl Fn(&R) -> Verdict + Copy + Unpin {
        let Self(judge, rule) = self;
        move |result: &R| rule(judge(result))
    }
}
