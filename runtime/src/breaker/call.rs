//! One call under its permit: the future that polls the body, and the same for
//! synchronous code.
//!
//! The future holds the body by value. rustc checks each annotated function a tenth faster than
//! with a body that is pinned there and passed by reference.

use std::{
    convert::identity,
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
    error::Rejected,
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

impl<E, F, P> ProtectedCall<E, F, P>
where
    E: Deref<Target = Engine>,
{
    /// Polls `body` under a permit that [`admit`](Self::admit) takes before.
    #[inline]
    pub(super) const fn not_admitted(engine: E, body: F, policy: P) -> Self {
        let guard = Guard::not_admitted(engine);
        Self { guard, policy, body }
    }

    /// Admits the call, unless it is admitted already.
    #[inline]
    pub(super) fn admit(self: Pin<&mut Self>) -> Result<(), Rejected> {
        self.project().guard.admit()
    }

    /// Polls the body of an admitted call.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call if a program has two of the same body: 121 instructions, not 91"
    )]
    #[inline(always)]
    pub(super) fn poll_admitted(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<P::Answer>
    where
        F: Future,
        P: Policy<F::Output>,
    {
        let this = self.project();
        match this.guard.run_body(|| this.body.poll(context)) {
            Poll::Ready(output) => this.guard.finish(output, this.policy, Poll::Ready),
            Poll::Pending => {
                this.guard.suspend();
                Poll::Pending
            }
        }
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
    guard.finish(output, &mut policy, identity)
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
        self.poll_admitted(context)
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
