//! The values of a breaker that a scrape reads.

use crate::{
    breaker::CircuitBreaker,
    config::Settings,
    engine::Snapshot,
    registry::{Declaration, Registry},
};

/// One breaker at the moment of a scrape.
pub(crate) struct Observed {
    pub(crate) snapshot: Snapshot,
    pub(crate) settings: Settings,
    declared: Option<&'static Declaration>,
}

impl Observed {
    /// Reads every breaker of a registry.
    pub(crate) fn all(registry: &Registry) -> Vec<Self> {
        let observed = registry.observed().into_iter();
        observed
            .map(|(breaker, declared)| Self::new(&breaker, declared))
            .collect()
    }

    fn new(breaker: &CircuitBreaker, declared: Option<&'static Declaration>) -> Self {
        Self {
            snapshot: breaker.snapshot(),
            settings: breaker.settings(),
            declared,
        }
    }

    /// The value of the label `breaker`.
    pub(crate) fn name(&self) -> &str {
        &self.snapshot.name
    }

    /// `file:line` of the function that declares the breaker.
    pub(crate) fn declared_at(&self) -> Option<String> {
        self.declared.map(|declared| {
            let location = declared.location();
            format!("{}:{}", location.file(), location.line())
        })
    }
}
