//! The static of one annotated function, which finds its breaker once.

use std::{ptr, time::Duration};

use crate::{
    breaker::{CircuitBreaker, Permit, guard::Guard},
    error::Rejected,
    registry::{
        Declaration, Registry,
        current::{self, PerRegistry},
    },
};

/// One annotated function.
#[derive(Debug)]
pub struct CallSite {
    declaration: Declaration,
    breaker: PerRegistry<CircuitBreaker>,
}

impl CallSite {
    /// Returns the call site of this declaration.
    pub const fn new(declaration: Declaration) -> Self {
        Self {
            declaration,
            breaker: PerRegistry::new(),
        }
    }

    /// Returns the declaration. Its address identifies the function.
    pub const fn declaration(&'static self) -> &'static Declaration {
        &self.declaration
    }

    /// Returns its breaker, which is looked up on the first call.
    ///
    /// In an isolated test, it is the breaker of that test's registry.
    #[inline]
    pub fn breaker(&'static self) -> &'static CircuitBreaker {
        match current::current() {
            None => self.breaker_in(None),
            Some(registry) => self.breaker_in(Some(&registry)),
        }
    }

    /// Returns the timeout of a call.
    ///
    /// It is this one, or the one that configuration sets in its place.
    #[inline]
    pub fn limit(&'static self, timeout: Duration) -> Duration {
        self.breaker().engine().timeout(timeout)
    }

    /// Returns its breaker in this registry. `None` is the global registry.
    #[inline]
    pub(crate) fn breaker_in(&'static self, current: Option<&Registry>) -> &'static CircuitBreaker {
        self.breaker
            .get_or_make(current, |registry| registry.resolve(&self.declaration))
    }

    /// Admits a call, or rejects it.
    #[inline]
    pub fn admit(&'static self) -> Result<Permit<'static>, Rejected> {
        let engine = self.breaker().engine();
        engine.acquire().map(|ticket| Permit(Guard::new(engine, ticket)))
    }
}

/// The source of the breaker of a call.
pub trait Site: Copy {
    /// Returns the breaker.
    fn breaker(&self) -> &CircuitBreaker;

    /// Identifies the function, or the given breaker.
    fn address(self) -> usize;
}

impl Site for &'static CallSite {
    fn breaker(&self) -> &CircuitBreaker {
        CallSite::breaker(self)
    }

    fn address(self) -> usize {
        ptr::from_ref(self).addr()
    }
}
