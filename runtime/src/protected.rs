//! The body of an annotated function, polled under its permit and judged.
//!
//! The future is pinned where it was made and only borrowed here, so everything in this file is `Unpin`, nothing is
//! moved into a larger future, and no unsafe code is needed.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use crate::{classify, error::TimedOut, outcome::Outcome, permit::Permit};

/// How a protected call ended. `T` is [`TimedOut`] where a timeout was set, and impossible elsewhere.
#[derive(Debug)]
pub enum Verdict<R, T = Infallible> {
    /// The value is the answer, however the call was counted.
    Answer(R),
    /// The value was judged to be a failure.
    Failed(R),
    /// The call took too long and was dropped.
    TimedOut(T),
}

/// A body under its permit. Dropping it gives the permit back.
#[must_use = "futures do nothing unless polled"]
pub struct Protected<'a, F, J> {
    body: Pin<&'a mut F>,
    /// Taken when the call is settled.
    rest: Option<(Permit<'static>, J)>,
}

/// A body under its permit and a limit of time.
#[must_use = "futures do nothing unless polled"]
pub struct ProtectedWithin<'a, F, J> {
    call: Protected<'a, F, J>,
    limit: Duration,
}

/// Polls `body` under `permit`, and settles the permit by `judge`.
#[inline]
pub fn protect<'a, F, J>(permit: Permit<'static>, body: Pin<&'a mut F>, judge: J) -> Protected<'a, F, J>
where
    F: Future,
    J: FnOnce(&F::Output) -> classify::Verdict + Unpin,
{
    Protected::new(permit, body, judge)
}

/// As [`protect`], for a body that [`within`] has limited.
pub fn protect_within<'a, 'b, F, J>(
    permit: Permit<'static>,
    body: Pin<&'a mut Within<'b, F>>,
    limit: Duration,
    judge: J,
) -> ProtectedWithin<'a, Within<'b, F>, J>
where
    F: Future,
    J: FnOnce(&F::Output) -> classify::Verdict + Unpin,
{
    ProtectedWithin {
        call: Protected::new(permit, body, judge),
        limit,
    }
}

/// A borrowed future with a limit: tokio's, which also looks at the clock when the task has used up its budget.
pub(crate) type Within<'b, F> = tokio::time::Timeout<Pin<&'b mut F>>;

/// Limits the time of a future. Needs a tokio runtime.
pub fn within<F: Future>(limit: Duration, body: Pin<&mut F>) -> Within<'_, F> {
    tokio::time::timeout(limit, body)
}

impl<'a, F: Future, J> Protected<'a, F, J> {
    #[inline]
    fn new(permit: Permit<'static>, body: Pin<&'a mut F>, judge: J) -> Self {
        Self {
            body,
            rest: Some((permit, judge)),
        }
    }

    #[inline]
    fn poll_body(&mut self, context: &mut Context<'_>) -> Poll<F::Output> {
        match &mut self.rest {
            Some((permit, _)) => permit.0.run_user_code(|| self.body.as_mut().poll(context)),
            None => polled_after_completion(),
        }
    }

    #[inline]
    fn settle<R>(&mut self, result: &R) -> Outcome
    where
        J: FnOnce(&R) -> classify::Verdict,
    {
        let Some((mut permit, judge)) = self.rest.take() else {
            polled_after_completion()
        };
        let verdict = permit.0.run_user_code(|| judge(result));
        permit.0.settle(verdict.into());
        verdict.outcome()
    }
}

impl<F, J> Future for Protected<'_, F, J>
where
    F: Future,
    J: FnOnce(&F::Output) -> classify::Verdict + Unpin,
{
    type Output = Verdict<F::Output>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.poll_body(context));
        Poll::Ready(match self.settle(&result) {
            Outcome::Failure => Verdict::Failed(result),
            Outcome::Success | Outcome::Ignored => Verdict::Answer(result),
        })
    }
}

impl<F, J> Future for ProtectedWithin<'_, Within<'_, F>, J>
where
    F: Future,
    J: FnOnce(&F::Output) -> classify::Verdict + Unpin,
{
    type Output = Verdict<F::Output, TimedOut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Ok(result) = ready!(self.call.poll_body(context)) else {
            let limit = self.limit;
            let Some((permit, _)) = self.call.rest.take() else {
                polled_after_completion()
            };
            return Poll::Ready(Verdict::TimedOut(permit.0.settle_timed_out(limit)));
        };
        Poll::Ready(match self.call.settle(&result) {
            Outcome::Failure => Verdict::Failed(result),
            Outcome::Success | Outcome::Ignored => Verdict::Answer(result),
        })
    }
}

#[cold]
fn polled_after_completion() -> ! {
    panic!("a protected call was polled after it had ended")
}

impl<F, J> fmt::Debug for Protected<'_, F, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protected")
            .field("permit", &self.rest.as_ref().map(|(permit, _)| permit))
            .finish_non_exhaustive()
    }
}

impl<F, J> fmt::Debug for ProtectedWithin<'_, F, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedWithin")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
