//! One call under its permit: the future that polls the body, and the same for
//! synchronous code.
//!
//! The body is pinned where it was made and only borrowed here. So everything in this file is
//! `Unpin`, nothing is moved into a larger future, and no unsafe code is needed.

use std::{
    fmt,
    future::Future,
    ops::Deref,
    panic::{AssertUnwindSafe, UnwindSafe},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::error::Elapsed;

use crate::{
    breaker::{
        guard::Guard,
        policy::{InTime, Policy, TimedPolicy},
    },
    engine::Engine,
};

/// A body under its permit, and what is made of its return value.
///
/// Dropping it frees the permit.
#[must_use = "futures do nothing unless polled"]
pub struct ProtectedCall<'a, E: Deref<Target = Engine>, F, P> {
    body: Pin<&'a mut F>,
    guard: Guard<E>,
    policy: P,
}

/// Polls `body` under a permit.
#[inline]
pub(crate) fn run<E, F, P>(guard: Guard<E>, body: Pin<&mut F>, policy: P) -> ProtectedCall<'_, E, F, P>
where
    E: Deref<Target = Engine>,
    F: Future,
    P: Policy<F::Output>,
{
    ProtectedCall { body, guard, policy }
}

/// Polls a body that [`within`] has limited.
#[inline]
pub(crate) fn run_within<E, F, R, P>(
    guard: Guard<E>,
    body: Pin<&mut F>,
    limit: Duration,
    policy: P,
) -> ProtectedCall<'_, E, F, InTime<P>>
where
    E: Deref<Target = Engine>,
    F: Future<Output = Result<R, Elapsed>>,
    P: TimedPolicy<R>,
{
    run(guard, body, InTime::new(policy, limit))
}

/// Runs synchronous code under a permit.
#[inline]
pub(crate) fn run_blocking<E, R, P>(mut guard: Guard<E>, body: impl FnOnce() -> R, mut policy: P) -> P::Answer
where
    E: Deref<Target = Engine>,
    P: Policy<R>,
{
    let output = guard.run_body(body);
    guard.finish(output, &mut policy)
}

/// Limits the time of a future, from its first poll on. Needs a tokio runtime.
///
/// A timer is not `UnwindSafe`, but a panic leaves nothing of it behind. The future that owns the
/// body decides whether the body is.
pub fn within<F: Future>(
    limit: Duration,
    body: Pin<&mut F>,
) -> AssertUnwindSafe<impl Future<Output = Result<F::Output, Elapsed>>> {
    AssertUnwindSafe(in_time(limit, body))
}

/// Awaits the body within the limit. An `async fn`, so that the poll that makes
/// the timer is one that counts a panic: without a runtime, making it panics.
async fn in_time<F: Future>(limit: Duration, body: Pin<&mut F>) -> Result<F::Output, Elapsed> {
    // tokio's own timeout, because it also ends the call when the task has used up its budget.
    tokio::time::timeout(limit, body).await
}

impl<E, F, P> Future for ProtectedCall<'_, E, F, P>
where
    E: Deref<Target = Engine>,
    F: Future,
    P: Policy<F::Output>,
{
    type Output = P::Answer;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        match this.guard.run_body(|| this.body.as_mut().poll(context)) {
            Poll::Ready(output) => Poll::Ready(this.guard.finish(output, &mut this.policy)),
            Poll::Pending => {
                this.guard.suspend();
                Poll::Pending
            }
        }
    }
}

// It pins nothing: the body was pinned by its owner, and a policy is called, not polled.
impl<E: Deref<Target = Engine>, F, P> Unpin for ProtectedCall<'_, E, F, P> {}

// It is as safe as the body itself: a panic of the body is counted, and leaves the breaker as any
// other failure does.
impl<E: Deref<Target = Engine>, F: UnwindSafe, P: UnwindSafe> UnwindSafe for ProtectedCall<'_, E, F, P> {}

impl<E: Deref<Target = Engine>, F, P> fmt::Debug for ProtectedCall<'_, E, F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guard.debug("ProtectedCall", f)
    }
}
