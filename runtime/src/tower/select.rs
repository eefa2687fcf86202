//! The choice of the breaker that guards a request.

use std::fmt;

use crate::CircuitBreaker;

/// The choice of the breaker that guards a request.
///
/// Implemented by [`CircuitBreaker`] itself (the same one for all requests), and for closures by
/// [`SelectFn`].
pub trait Select<Request> {
    /// Returns the breaker of this request.
    fn select(&self, request: &Request) -> CircuitBreaker;
}

impl<Request> Select<Request> for CircuitBreaker {
    fn select(&self, _: &Request) -> CircuitBreaker {
        self.clone()
    }
}

/// A closure that chooses the breaker, from
/// [`CircuitBreakerLayer::select`](super::CircuitBreakerLayer::select).
#[derive(Clone, Copy)]
pub struct SelectFn<F>(pub(super) F);

impl<F, Request> Select<Request> for SelectFn<F>
where
    F: Fn(&Request) -> CircuitBreaker,
{
    fn select(&self, request: &Request) -> CircuitBreaker {
        (self.0)(request)
    }
}

impl<F> fmt::Debug for SelectFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelectFn").finish_non_exhaustive()
    }
}
