//! The breakers of annotated functions that were called, by name.

use fusebox::{CircuitBreaker, Registry, Totals};

/// Returns the breaker of this name.
pub fn breaker(registry: &Registry, name: &str) -> CircuitBreaker {
    registry.get(name).expect("it was called before")
}

/// Returns the totals of the breaker of this name.
pub fn totals(registry: &Registry, name: &str) -> Totals {
    breaker(registry, name).snapshot().totals
}

/// Forces a breaker of the current registry open.
pub fn open(name: &str) {
    breaker(&Registry::current(), name).force_open();
}
