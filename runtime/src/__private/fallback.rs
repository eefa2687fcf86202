//! The call of a fallback, and the errors of the compiler if it does not fit.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use crate::{
    __private::{
        call_site::Site,
        fallback_cycle::{self, CycleAnswer},
    },
    classify::classifier::Classifier,
    error::Cause,
    outcome::Outcome,
};

/// An argument that both the body and the fallback get.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cloned, but after a failed call the fallback gets this argument again",
    label = "needs `Clone`",
    note = "derive `Clone` for it, or write `fallback_on = \"rejection\"`"
)]
pub trait Keep: Sized {
    /// Clones it.
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Keep for T {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// Clones an argument that cannot be moved, because it is called `self`.
pub fn copy_of<T: Keep>(argument: &T) -> T {
    argument.copy()
}

/// Adds an argument for the fallback, and returns a clone for the body.
///
/// It is taken by value. A borrow would keep the argument in the future of the annotated function.
pub fn keep<K, T: Keep>(kept: K, argument: T) -> ((K, T), T) {
    let copy = argument.copy();
    ((kept, argument), copy)
}

/// An argument that both the body and the closure of `error` get.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cloned, but after a timeout `error` gets this argument again",
    label = "needs `Clone`",
    note = "derive `Clone` for it, or make the error without it"
)]
pub trait KeepForError: Keep {}

#[diagnostic::do_not_recommend]
impl<T: Clone> KeepForError for T {}

/// Like [`keep`], but for the closure of `error`.
pub fn keep_for_error<K, T: KeepForError>(kept: K, argument: T) -> ((K, T), T) {
    keep(kept, argument)
}

/// Checks a fallback.
///
/// Its method has the name and the span of the key, so the compiler underlines what the user wrote.
///
/// The type of the last field makes the answer of a cycle, see `CycleAnswer`.
#[derive(Debug, Clone, Copy)]
pub struct Check<S, J, C>(pub S, pub J, pub C);

impl<S: Site, J, C> Check<S, J, C> {
    /// Returns the future that answers in place of the annotated function.
    ///
    /// `fallback` is the call of an `async fn`.
    pub fn fallback<R, F>(self, fallback: F) -> Fallback<R, F, S, J, C>
    where
        F: IsAsync<Answer: SameAs<R>>,
        J: Classifier<R> + Copy + Unpin,
        C: CycleAnswer<R> + Unpin,
    {
        Fallback {
            future: Box::pin(fallback),
            poll: |future, context| future.poll_answer(context).map(SameAs::same),
            check: self,
        }
    }

    /// Runs a fallback that does not wait. It needs no box.
    pub fn fallback_blocking<R, A, F>(mut self, fallback: F) -> R
    where
        F: FnOnce() -> A,
        A: IsAnswer<R>,
        J: Classifier<R>,
        C: CycleAnswer<R>,
    {
        let answer = fallback_cycle::nested(self.0, fallback);
        let answer = answer.map_or_else(|| fallback_cycle::answer::<R, C>(self.0), IsAnswer::same);
        self.count(&answer);
        answer
    }

    fn count<R>(&mut self, answer: &R)
    where
        J: Classifier<R>,
    {
        let Self(site, classifier, _) = self;
        let succeeded = classifier.classify(answer).outcome() != Outcome::Failure;
        site.breaker().engine().count_fallback(succeeded);
    }
}

/// Ties `return` in a closure to the type in its cause. Generated code calls it
/// in dead code.
pub fn answer_of<R>(_: &Cause<R>) -> R {
    unreachable!("is called only under `if false`")
}

/// The future of a fallback, in a box. It counts the answer.
///
/// `F` has no bound. A wrong type is reported where [`Check::fallback`] is called, and not once
/// more at `.await`.
#[must_use = "futures do nothing unless polled"]
pub struct Fallback<R, F, S, J, C> {
    future: Pin<Box<F>>,
    poll: fn(Pin<&mut F>, &mut Context<'_>) -> Poll<R>,
    check: Check<S, J, C>,
}

impl<R, F, S, J, C> Future for Fallback<R, F, S, J, C>
where
    S: Site + Unpin,
    J: Classifier<R> + Copy + Unpin,
    C: CycleAnswer<R> + Unpin,
{
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let this = &mut *self;
        let site = this.check.0;
        let polled = fallback_cycle::nested(site, || (this.poll)(this.future.as_mut(), context));
        let answer = match polled {
            Some(polled) => ready!(polled),
            None => fallback_cycle::answer::<R, C>(site),
        };
        this.check.count(&answer);
        Poll::Ready(answer)
    }
}

impl<R, F, S, J, C> fmt::Debug for Fallback<R, F, S, J, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fallback").finish_non_exhaustive()
    }
}

/// Any future. The trait has its own message for a type that is not a future.
#[diagnostic::on_unimplemented(
    message = "the fallback is not an `async fn`: it returns `{Self}`, which is not a future",
    label = "not an `async fn`",
    note = "write `async` before its `fn`, or use a closure: `fallback = |_| <call>`"
)]
pub trait IsAsync {
    /// The output.
    type Answer;

    /// Polls the future.
    fn poll_answer(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Answer>;
}

#[diagnostic::do_not_recommend]
impl<F: Future> IsAsync for F {
    type Answer = F::Output;

    fn poll_answer(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.poll(context)
    }
}

/// Implemented for the same type only, with its own message for another one.
#[diagnostic::on_unimplemented(
    message = "the fallback returns `{Self}`, but the protected function returns `{R}`",
    label = "returns `{Self}`"
)]
pub trait SameAs<R> {
    /// Returns the value.
    fn same(self) -> R;
}

/// Like [`SameAs`], but for a fallback that does not wait.
#[diagnostic::on_unimplemented(
    message = "the fallback returns `{Self}`, but the protected function returns `{R}`",
    label = "returns `{Self}`",
    note = "the fallback of a function that is not `async` is not `async` either"
)]
pub trait IsAnswer<R> {
    /// Returns the value.
    fn same(self) -> R;
}

#[diagnostic::do_not_recommend]
impl<R> IsAnswer<R> for R {
    fn same(self) -> R {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R> SameAs<R> for R {
    fn same(self) -> R {
        self
    }
}
