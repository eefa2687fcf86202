//! The response of a guarded service.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{BoxError, Classify};
use crate::{OwnedPermit, Rejected};

pin_project! {
    /// The future of a [`CircuitBreakerService`](super::CircuitBreakerService).
    ///
    /// # Cancel safety
    /// Dropping it counts the call as [`cancelled`](crate::Totals::cancelled) and frees a trial
    /// slot.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F, C> {
        #[pin]
        state: ResponseState<F, C>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum ResponseState<F, C> {
        Admitted {
            #[pin]
            response: F,
            // Taken when the response is there.
            call: Option<(OwnedPermit, C)>,
        },
        Rejected {
            rejected: Option<Rejected>,
        },
    }
}

impl<F, C> ResponseFuture<F, C> {
    pub(super) const fn admitted(response: F, permit: OwnedPermit, classifier: C) -> Self {
        Self {
            state: ResponseState::Admitted {
                response,
                call: Some((permit, classifier)),
            },
        }
    }

    pub(super) const fn rejected(rejected: Rejected) -> Self {
        Self {
            state: ResponseState::Rejected {
                rejected: Some(rejected),
            },
        }
    }
}

impl<F, C, Response, Error> Future for ResponseFuture<F, C>
where
    F: Future<Output = Result<Response, Error>>,
    Error: Into<BoxError>,
    C: Classify<Response, Error>,
{
    type Output = Result<Response, BoxError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (response, call) = match self.project().state.project() {
            StateProjection::Admitted { response, call } => (response, call),
            StateProjection::Rejected { rejected } => {
                let rejected = rejected
                    .take()
                    .expect("a future is not polled after it has ended");
                return Poll::Ready(Err(rejected.into()));
            }
        };
        let (permit, _) = call.as_mut().expect("a future is not polled after it has ended");
        let Poll::Ready(result) = permit.0.run_body(|| response.poll(context)) else {
            permit.0.suspend();
            return Poll::Pending;
        };
        if let Some((mut permit, classifier)) = call.take() {
            let verdict = permit.0.recording_panic(|| classifier.classify(&result));
            permit.record(verdict);
        }
        Poll::Ready(result.map_err(Into::into))
    }
}

impl<F, C> fmt::Debug for ResponseFuture<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
