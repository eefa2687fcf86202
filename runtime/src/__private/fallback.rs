//! What answers instead of a protected function, and what the compiler says when it does not fit.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use crate::{
    __private::{call_site::CallSite, fallback_cycle},
    classify::classifier::Judge,
    outcome::Outcome,
};

/// Arguments that can go to the body and, after it has failed, to the fallback.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cloned, but after a failed call the fallback gets this argument again",
    label = "needs `Clone`",
    note = "derive `Clone` for it, or write `fallback_on = \"rejection\"`"
)]
pub trait Keep: Sized {
    /// Another one.
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Keep for T {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// Another one of an argument that cannot be moved, because it is called `self`.
pub fn copy_of<T: Keep>(argument: &T) -> T {
    argument.copy()
}

/// Puts an argument to those that are kept for the fallback, and returns a clone for the body. By value: a borrow
/// in the annotated function would keep the argument in its future.
pub fn keep<K, T: Keep>(kept: K, argument: T) -> ((K, T), T) {
    let copy = argument.copy();
    ((kept, argument), copy)
}

/// Checks a fallback where the user wrote its path: the method is named like the key and stands on its span.
#[derive(Debug, Clone, Copy)]
pub struct Check<J>(pub &'static CallSite, pub J);

impl<J> Check<J> {
    /// `fallback` calls an async function with the arguments of the protected function, and returns what that returns.
    pub fn fallback<R, F>(self, fallback: F) -> Fallback<R, F, J>
    where
        F: IsAsync<Answer: SameAs<R>>,
        J: Judge<R> + Copy + Unpin,
    {
        Fallback {
            future: Box::pin(fallback),
            poll: |future, context| future.poll_answer(context).map(SameAs::same),
            check: self,
        }
    }
}

/// The future of a fallback, in the one box that it costs. Its answer is counted.
///
/// No bound on `F`: what is wrong with it is reported once, where [`Check::fallback`] is called, and not at `.await` again.
#[must_use = "futures do nothing unless polled"]
pub struct Fallback<R, F, J> {
    future: Pin<Box<F>>,
    poll: fn(Pin<&mut F>, &mut Context<'_>) -> Poll<R>,
    check: Check<J>,
}

impl<R, F, J> Future for Fallback<R, F, J>
where
    J: Judge<R> + Copy + Unpin,
{
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let this = &mut *self;
        let Check(site, judge) = &this.check;
        let answer = ready!(fallback_cycle::nested(site, || (this.poll)(
            this.future.as_mut(),
            context
        )));
        let succeeded = judge.judge(&answer).outcome() != Outcome::Failure;
        site.breaker().engine().count_fallback(succeeded);
        Poll::Ready(answer)
    }
}

impl<R, F, J> fmt::Debug for Fallback<R, F, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fallback").finish_non_exhaustive()
    }
}

/// What an `async fn` returns: any future, under a name that has words of its own for what is none.
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

/// Holds for the same type only.
#[diagnostic::on_unimplemented(
    message = "the fallback returns `{Self}`, but the protected function returns `{R}`",
    label = "returns `{Self}`"
)]
pub trait SameAs<R> {
    /// The value itself.
    fn same(self) -> R;
}

#[diagnostic::do_not_recommend]
impl<R> SameAs<R> for R {
    fn same(self) -> R {
        self
    }
}
