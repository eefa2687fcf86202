//! The static of one annotated function: finds its breaker once.

use once_cell::sync::OnceCell;

use crate::{
    breaker::{CircuitBreaker, Permit, permit::Guard},
    error::Rejected,
    registry::{Declaration, Registry, current},
};

/// One annotated function.
#[derive(Debug)]
pub struct CallSite {
    declaration: Declaration,
    breaker: OnceCell<CircuitBreaker>,
}

impl CallSite {
    /// The call site of this declaration.
    pub const fn new(declaration: Declaration) -> Self {
        Self {
            declaration,
            breaker: OnceCell::new(),
        }
    }

    /// What it declares.
    pub const fn declaration(&'static self) -> &'static Declaration {
        &self.declaration
    }

    /// Its breaker: looked up on the first call, and in an `isolated` test in that test's registry.
    #[inline]
    pub fn breaker(&'static self) -> &'static CircuitBreaker {
        if let Some(registry) = current::current() {
            return current::breaker_of(&registry, &self.declaration);
        }
        match self.breaker.get() {
            Some(breaker) => breaker,
            None => self.find(),
        }
    }

    /// Resolves outside of the cell: what is told about conflicts is user code, which may come back here.
    #[cold]
    fn find(&'static self) -> &'static CircuitBreaker {
        let breaker = Registry::global().resolve(&self.declaration);
        self.breaker.get_or_init(|| breaker)
    }

    /// Admits a call, or refuses it.
    #[inline]
    pub fn admit(&'static self) -> Result<Permit<'static>, Rejected> {
        let engine = self.breaker().engine();
        engine.admit().map(|ticket| Permit(Guard::new(engine, ticket)))
    }
}
