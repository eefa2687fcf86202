//! Nothing is isolated.

use crate::{breaker::CircuitBreaker, call_site::CallSite, registry::Registry};

#[inline]
pub(crate) const fn current() -> Option<Registry> {
    None
}

pub(crate) fn breaker_of(registry: &Registry, site: &'static CallSite) -> &'static CircuitBreaker {
    Box::leak(Box::new(registry.resolve(site.declaration())))
}
