//! The future of a call without the attribute.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use crate::{
    breaker::{guard::Guard, policy::Policy},
    engine::Engine,
    error::Rejected,
};

pin_project! {
    /// A call, with or without a timeout.
    ///
    /// Not an `async` block, which would hold the body twice: once captured, once pinned.
    /// pin-project-lite writes the only unsafe code that a pinned field needs, and tokio depends on
    /// it too.
    #[project = Projected]
    pub(super) enum CallFuture<'a, F, P, L> {
        /// The body is polled under a permit.
        Untimed {
            engine: &'a Engine,
            // Dropped before the body: a call that is dropped frees its permit first.
            progress: CallProgress<'a>,
            policy: P,
            #[pin]
            body: F,
        },
        /// The future that also holds a timer.
        ///
        /// In a box, so that it does not enlarge a call that has none.
        Limited { call: Pin<Box<L>> },
    }
}

/// The progress of a call.
pub(super) enum CallProgress<'a> {
    New,
    Admitted(Guard<&'a Engine>),
    Ended,
}

impl<'a, F, P, L> CallFuture<'a, F, P, L> {
    #[inline]
    pub(super) const fn untimed(engine: &'a Engine, body: F, policy: P) -> Self {
        Self::Untimed {
            engine,
            progress: CallProgress::New,
            policy,
            body,
        }
    }

    pub(super) fn limited(call: L) -> Self {
        Self::Limited { call: Box::pin(call) }
    }
}

impl<'a> CallProgress<'a> {
    /// Takes the permit, or admits the call at its first poll.
    ///
    /// While the body is polled the permit is a local value. So a panic counts at once, and not
    /// when the future is dropped.
    #[inline]
    fn take(&mut self, engine: &'a Engine) -> Result<Guard<&'a Engine>, Rejected> {
        match mem::replace(self, Self::Ended) {
            Self::New => engine.acquire().map(|ticket| Guard::new(engine, ticket)),
            Self::Admitted(guard) => Ok(guard),
            Self::Ended => panic!("a call was polled after it had ended"),
        }
    }
}

impl<F, P, L, T, E> Future for CallFuture<'_, F, P, L>
where
    F: Future,
    P: Policy<F::Output, Answer = Result<T, E>>,
    L: Future<Output = Result<T, E>>,
    E: From<Rejected>,
{
    type Output = Result<T, E>;

    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call if a program has two of the same body: 121 instructions, not 91"
    )]
    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Projected::Untimed {
                engine,
                progress,
                policy,
                body,
            } => {
                let mut guard = progress.take(engine)?;
                match guard.run_body(|| body.poll(context)) {
                    Poll::Ready(output) => Poll::Ready(guard.finish(output, policy)),
                    Poll::Pending => {
                        guard.suspend();
                        *progress = CallProgress::Admitted(guard);
                        Poll::Pending
                    }
                }
            }
            Projected::Limited { call } => call.as_mut().poll(context),
        }
    }
}

impl<F, P, L> fmt::Debug for CallFuture<'_, F, P, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFuture").finish_non_exhaustive()
    }
}
