//! The layer, which puts a breaker in front of a service.

use tower_layer::Layer;

use super::{CircuitBreakerService, ClassifyFn, ErrIsFailure, SelectFn};
use crate::CircuitBreaker;

/// A layer that puts a circuit breaker in front of a service.
///
/// | | default | method |
/// |---|---|---|
/// | breaker | the given one, for all requests | [`select`](Self::select) chooses one per request |
/// | classifier | an `Err` is a failure | [`classify`](Self::classify) |
#[derive(Debug, Clone)]
pub struct CircuitBreakerLayer<B = CircuitBreaker, C = ErrIsFailure> {
    breaker: B,
    classifier: C,
}

impl CircuitBreakerLayer {
    /// Guards all requests with one breaker.
    pub fn new(breaker: CircuitBreaker) -> Self {
        Self {
            breaker,
            classifier: ErrIsFailure,
        }
    }
}

impl<F> CircuitBreakerLayer<SelectFn<F>> {
    /// Guards each request with the breaker that `select` returns.
    ///
    /// ```
    /// # use fusebox::{CircuitBreaker, Registry, tower::CircuitBreakerLayer};
    /// # let registry = Registry::new();
    /// struct Request { host: &'static str }
    ///
    /// let layer = CircuitBreakerLayer::select(move |request: &Request| {
    ///     registry.breaker(request.host).build().expect("a printable name")
    /// });
    /// # let _ = layer;
    /// ```
    pub fn select<Request>(select: F) -> Self
    where
        F: Fn(&Request) -> CircuitBreaker,
    {
        Self {
            breaker: SelectFn(select),
            classifier: ErrIsFailure,
        }
    }
}

impl<B, C> CircuitBreakerLayer<B, C> {
    /// Counts results by this closure.
    ///
    /// It returns an [`Outcome`](crate::Outcome) or a [`Verdict`](crate::Verdict).
    ///
    /// ```
    /// # use fusebox::{CircuitBreaker, Outcome, Verdict, classify, tower::CircuitBreakerLayer};
    /// # struct Response { status: u16 }
    /// # let breaker = CircuitBreaker::builder("tower-classify-doc").build().unwrap();
    /// let layer = CircuitBreakerLayer::new(breaker).classify(|result: &Result<Response, ()>| match result {
    ///     Ok(response) => classify::http_status(response.status),
    ///     Err(()) => Outcome::Failure,
    /// });
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn classify<F>(self, classify: F) -> CircuitBreakerLayer<B, ClassifyFn<F>> {
        CircuitBreakerLayer {
            breaker: self.breaker,
            classifier: ClassifyFn(classify),
        }
    }
}

impl<S, B: Clone, C: Clone> Layer<S> for CircuitBreakerLayer<B, C> {
    type Service = CircuitBreakerService<S, B, C>;

    fn layer(&self, inner: S) -> Self::Service {
        CircuitBreakerService::new(inner, self.breaker.clone(), self.classifier.clone())
    }
}
