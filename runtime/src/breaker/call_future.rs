//! The future of a call without the attribute.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use crate::{
    breaker::{call::ProtectedCall, policy::Policy},
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
        /// The body is polled under a permit, which its first poll takes.
        Untimed {
            #[pin]
            call: ProtectedCall<&'a Engine, F, P>,
        },
        /// The future that also holds a timer.
        ///
        /// In a box, so that it does not enlarge a call that has none.
        Limited { call: Pin<Box<L>> },
    }
}

impl<'a, F, P, L> CallFuture<'a, F, P, L> {
    #[inline]
    pub(super) const fn untimed(engine: &'a Engine, body: F, policy: P) -> Self {
        Self::Untimed {
            call: ProtectedCall::not_admitted(engine, body, policy),
        }
    }

    pub(super) fn limited(call: L) -> Self {
        Self::Limited { call: Box::pin(call) }
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
            Projected::Untimed { mut call } => {
                call.as_mut().admit()?;
                call.poll_admitted(context)
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
