//! The breaker of each call of a function: `breaker = <expression>`.

use std::{
    ptr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use crate::{
    __private::call_site::Site,
    breaker::{CircuitBreaker, Permit},
    error::Rejected,
};

/// What the expression of `breaker` may give.
#[diagnostic::on_unimplemented(
    message = "`breaker` gives a `&CircuitBreaker` or a `CircuitBreaker`, not `{Self}`",
    label = "is not a `CircuitBreaker`"
)]
pub trait GivesBreaker {
    /// Returns the breaker.
    fn given(&self) -> &CircuitBreaker;
}

impl GivesBreaker for CircuitBreaker {
    fn given(&self) -> &CircuitBreaker {
        self
    }
}

impl<T: GivesBreaker + ?Sized> GivesBreaker for &T {
    fn given(&self) -> &CircuitBreaker {
        (**self).given()
    }
}

impl<T: GivesBreaker + ?Sized> GivesBreaker for Arc<T> {
    fn given(&self) -> &CircuitBreaker {
        (**self).given()
    }
}

impl<T: GivesBreaker> GivesBreaker for LazyLock<T> {
    fn given(&self) -> &CircuitBreaker {
        (**self).given()
    }
}

/// Checks the expression of `breaker` where the user wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Giving;

impl Giving {
    /// Takes the breaker.
    pub fn breaker<B: GivesBreaker>(self, breaker: &B) -> Given<'_> {
        Given(breaker.given())
    }
}

/// The breaker of one call.
#[derive(Debug, Clone, Copy)]
pub struct Given<'b>(&'b CircuitBreaker);

impl<'b> Given<'b> {
    /// Admits a call, or rejects it.
    #[inline]
    pub fn admit(self) -> Result<Permit<'b>, Rejected> {
        self.0.try_acquire()
    }

    /// Returns the timeout of a call.
    ///
    /// It is this one, or the one that configuration sets in its place.
    #[inline]
    pub fn limit(self, timeout: Duration) -> Duration {
        self.0.engine().timeout(timeout)
    }
}

impl Site for Given<'_> {
    fn breaker(&self) -> &CircuitBreaker {
        self.0
    }

    fn address(self) -> usize {
        ptr::from_ref(self.0.engine()).addr()
    }
}
