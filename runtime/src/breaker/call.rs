//! One call under its permit: the future that polls the body, and the same for
//! synchronous code.
//!
//! The future holds the body by value. rustc checks each annotated function a tenth faster than
//! with a body that is pinned there and lent.

use std::{
    fmt,
    future::Future,
    ops::Deref,
    panic::{AssertUnwindSafe, UnwindSafe},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use pin_project_lite::pin_project;
use tokio::time::error::Elapsed;

use crate::{
    breaker::{
        guard::Guard,
        policy::{InTime, Policy, TimedPolicy},
    },
    engine::Engine,
};

pin_project! {
    /// A body under its permit, and what is made of its return value.
    ///
    /// Dropping it frees the permit.
    #[must_use = "futures do nothing unless polled"]
    pub struct ProtectedCall<E: Deref<Target = Engine>, F, P> {
        // Dropped before the body: a call that is dropped frees its permit first.
        guard: Guard<E>,
        policy: P,
        #[pin]
        body: F,
    }
}

/// Polls `body` under a permit.
#[inline]
pub(crate) const fn run<E, F, P>(guard: Guard<E>, body: F, policy: P) -> ProtectedCall<E, F, P>
where
    E: Deref<Target = Engine>,
    F: Future,
    P: Policy<F::Output>,
{
    ProtectedCall { guard, policy, body }
}

/// Polls a body that [`within`] has limited.
#[inline]
pub(crate) fn run_within<E, F, R, P>(
    guard: Guard<E>,
    body: F,
    limit: Duration,
    policy: P,
) -> ProtectedCall<E, F, InTime<P>>
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

impl<E, F, P> Future for ProtectedCall<E, F, P>
where
    E: Deref<Target = Engine>,
    F: Future,
    P: Policy<F::Output>,
{
    type Output = P::Answer;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        match this.guard.run_body(|| this.body.poll(context)) {
            Poll::Ready(output) => {
                let answer = this.guard.finish(output, this.policy);
                this.guard.spend();
                Poll::Ready(answer)
            }
            Poll::Pending => {
                this.guard.suspend();
                Poll::Pending
            }
        }
    }
}

// It is as safe as the body itself: a panic of the body is counted, and leaves the breaker as any
// other failure does.
impl<E: Deref<Target = Engine>, F: UnwindSafe, P: UnwindSafe> UnwindSafe for ProtectedCall<E, F, P> {}

impl<E: Deref<Target = Engine>, F, P> fmt::Debug for ProtectedCall<E, F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guard.debug("ProtectedCall", f)
    }
}
