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

use crate::{
    breaker::Permit,
    classify::classifier::{Judge, TimedJudge},
    error::TimedOut,
    outcome::Outcome,
};

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

impl<R> Verdict<R> {
    /// The value, whatever it was judged to be.
    #[inline]
    pub(crate) fn into_answer(self) -> R {
        match self {
            Self::Answer(answer) | Self::Failed(answer) => answer,
        }
    }
}

impl<R> Verdict<R, TimedOut> {
    /// The value, whatever it was judged to be, if there is one.
    #[inline]
    pub(crate) fn into_answer_in_time(self) -> Result<R, TimedOut> {
        match self {
            Self::Answer(answer) | Self::Failed(answer) => Ok(answer),
            Self::TimedOut(timed_out) => Err(timed_out),
        }
    }
}

/// A body under its permit. Dropping it gives the permit back.
#[must_use = "futures do nothing unless polled"]
pub struct Protected<'a, 'p, F, J> {
    body: Pin<&'a mut F>,
    /// Taken when the call is settled.
    rest: Option<(Permit<'p>, J)>,
}

/// A body under its permit whose answer is returned however it was judged.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Guarded<'a, F, J>(Protected<'a, 'static, F, J>);

/// A body under its permit and a limit of time.
#[must_use = "futures do nothing unless polled"]
pub struct ProtectedWithin<'a, 'p, F, J> {
    call: Protected<'a, 'p, F, J>,
    limit: Duration,
}

/// As [`Guarded`], under a limit of time.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct GuardedWithin<'a, F, J>(ProtectedWithin<'a, 'static, F, J>);

/// Polls `body` under `permit`, and settles the permit by `judge`.
#[inline]
pub fn protect<'a, 'p, F, J>(permit: Permit<'p>, body: Pin<&'a mut F>, judge: J) -> Protected<'a, 'p, F, J>
where
    F: Future,
    J: Judge<F::Output>,
{
    Protected::new(permit, body, judge)
}

/// As [`protect`], where nobody asks what the judge said: a `match` less in each annotated function.
#[inline]
pub fn guard<'a, F, J>(permit: Permit<'static>, body: Pin<&'a mut F>, judge: J) -> Guarded<'a, F, J>
where
    F: Future,
    J: Judge<F::Output>,
{
    Guarded(Protected::new(permit, body, judge))
}

/// As [`protect`], for a body that [`within`] has limited.
pub fn protect_within<'a, 'b, 'p, F, J>(
    permit: Permit<'p>,
    body: Pin<&'a mut Within<'b, F>>,
    limit: Duration,
    judge: J,
) -> ProtectedWithin<'a, 'p, Within<'b, F>, J>
where
    F: Future,
    J: Judge<F::Output>,
{
    ProtectedWithin {
        call: Protected::new(permit, body, judge),
        limit,
    }
}

/// As [`protect_within`], where nobody asks what the judge said.
pub fn guard_within<'a, 'b, F, J>(
    permit: Permit<'static>,
    body: Pin<&'a mut Within<'b, F>>,
    limit: Duration,
    judge: J,
) -> GuardedWithin<'a, Within<'b, F>, J>
where
    F: Future,
    J: TimedJudge<F::Output>,
{
    GuardedWithin(protect_within(permit, body, limit, judge))
}

/// A borrowed future with a limit: tokio's, which also looks at the clock when the task has used up its budget.
pub(crate) type Within<'b, F> = tokio::time::Timeout<Pin<&'b mut F>>;

/// Limits the time of a future. Needs a tokio runtime.
pub fn within<F: Future>(limit: Duration, body: Pin<&mut F>) -> Within<'_, F> {
    tokio::time::timeout(limit, body)
}

impl<'a, 'p, F: Future, J> Protected<'a, 'p, F, J> {
    #[inline]
    fn new(permit: Permit<'p>, body: Pin<&'a mut F>, judge: J) -> Self {
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
        J: Judge<R>,
    {
        let Some((mut permit, judge)) = self.rest.take() else {
            polled_after_completion()
        };
        let verdict = permit.0.run_user_code(|| judge.judge(result));
        permit.0.settle(verdict);
        verdict.outcome()
    }
}

impl<F, J> Future for Protected<'_, '_, F, J>
where
    F: Future,
    J: Judge<F::Output>,
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

impl<F, J> Future for Guarded<'_, F, J>
where
    F: Future,
    J: Judge<F::Output>,
{
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.0.poll_body(context));
        self.0.settle(&result);
        Poll::Ready(result)
    }
}

impl<F: Future, J> ProtectedWithin<'_, '_, Within<'_, F>, J> {
    fn poll_in_time(&mut self, context: &mut Context<'_>) -> Poll<Result<F::Output, (TimedOut, J)>> {
        if let Ok(result) = ready!(self.call.poll_body(context)) {
            return Poll::Ready(Ok(result));
        }
        let Some((permit, judge)) = self.call.rest.take() else {
            polled_after_completion()
        };
        Poll::Ready(Err((permit.0.settle_timed_out(self.limit), judge)))
    }
}

impl<F, J> Future for ProtectedWithin<'_, '_, Within<'_, F>, J>
where
    F: Future,
    J: Judge<F::Output>,
{
    type Output = Verdict<F::Output, TimedOut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.poll_in_time(context)) {
            Ok(result) => match self.call.settle(&result) {
                Outcome::Failure => Verdict::Failed(result),
                Outcome::Success | Outcome::Ignored => Verdict::Answer(result),
            },
            Err((timed_out, _)) => Verdict::TimedOut(timed_out),
        })
    }
}

impl<F, J> Future for GuardedWithin<'_, Within<'_, F>, J>
where
    F: Future,
    J: TimedJudge<F::Output>,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.0.poll_in_time(context)) {
            Ok(result) => {
                self.0.call.settle(&result);
                result
            }
            Err((timed_out, judge)) => judge.timed_out(timed_out),
        })
    }
}

// Nothing in them is pinned by them: the body was pinned by its owner, and a judge is called, not polled.
impl<F, J> Unpin for Protected<'_, '_, F, J> {}
impl<F, J> Unpin for Guarded<'_, F, J> {}
impl<F, J> Unpin for ProtectedWithin<'_, '_, F, J> {}
impl<F, J> Unpin for GuardedWithin<'_, F, J> {}

#[cold]
fn polled_after_completion() -> ! {
    panic!("a protected call was polled after it had ended")
}

impl<F, J> fmt::Debug for Protected<'_, '_, F, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protected")
            .field("permit", &self.rest.as_ref().map(|(permit, _)| permit))
            .finish_non_exhaustive()
    }
}

impl<F, J> fmt::Debug for ProtectedWithin<'_, '_, F, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedWithin")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
