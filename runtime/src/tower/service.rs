//! The service, which requests a permit before each call.

use std::task::{Context, Poll};

use tower_service::Service;

use super::{BoxError, Classify, ResponseFuture, Select};

/// A service behind a circuit breaker.
///
/// A [`CircuitBreakerLayer`](super::CircuitBreakerLayer) makes it.
///
/// # Errors
/// [`Rejected`](crate::Rejected) from `call` while the breaker refuses, and the errors of the inner
/// service. All are boxed, as in tower's own layers; `is::<Rejected>()` distinguishes them.
#[derive(Debug, Clone)]
pub struct CircuitBreakerService<S, B, C> {
    inner: S,
    breaker: B,
    classifier: C,
}

impl<S, B, C> CircuitBreakerService<S, B, C> {
    pub(super) const fn new(inner: S, breaker: B, classifier: C) -> Self {
        Self {
            inner,
            breaker,
            classifier,
        }
    }

    /// Returns the inner service.
    pub const fn inner(&self) -> &S {
        &self.inner
    }

    /// Returns the inner service, mutably.
    pub const fn inner_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Unwraps the inner service.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B, C, Request> Service<Request> for CircuitBreakerService<S, B, C>
where
    S: Service<Request>,
    B: Select<Request>,
    S::Error: Into<BoxError>,
    C: Classify<S::Response, S::Error> + Clone,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = ResponseFuture<S::Future, C>;

    /// Passes on the readiness of the inner service, whatever the state.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    /// Admits the request, or rejects it without calling the inner service.
    fn call(&mut self, request: Request) -> Self::Future {
        match self.breaker.select(&request).try_acquire_owned() {
            Ok(mut permit) => {
                let response = permit.0.run_body(|| self.inner.call(request));
                permit.0.suspend();
                ResponseFuture::admitted(response, permit, self.classifier.clone())
            }
            Err(rejected) => ResponseFuture::rejected(rejected),
        }
    }
}
