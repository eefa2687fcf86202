//! What exporters read besides snapshots.

use std::time::Duration;

use crate::{
    breaker::CircuitBreaker,
    registry::{Declaration, Registry, current},
    sync::{Mutex, OnceLock, lock},
};

/// The state of a registry that only exporters read.
#[derive(Default)]
pub(super) struct ObservedState {
    fleet: Mutex<Option<FleetHealth>>,
    declared: OnceLock<()>,
}

/// How the connection to the store of a fleet is.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(any(feature = "metrics", feature = "prometheus")),
    allow(dead_code, reason = "exporters read it")
)]
pub(crate) struct FleetHealth {
    pub(crate) is_up: bool,
    /// How old the newest message of the store is.
    pub(crate) lag: Duration,
}

#[cfg_attr(
    not(any(feature = "metrics", feature = "prometheus")),
    allow(dead_code, reason = "exporters read it")
)]
impl Registry {
    /// Returns all breakers in the order of their names, each with the function that declares it.
    ///
    /// Makes the breakers of declared functions first, if their calls use this registry.
    pub(crate) fn observed(&self) -> Vec<(CircuitBreaker, Option<&'static Declaration>)> {
        if self.is_global() || current::current().is_some_and(|current| current.is(self)) {
            // Conflicts are logged when they are found.
            self.0.observed.declared.get_or_init(|| drop(self.declare_all()));
        }
        let mut observed: Vec<_> = self
            .0
            .breakers
            .iter()
            .map(|entry| (entry.breaker.clone(), entry.declared))
            .collect();
        observed.sort_by(|(one, _), (other, _)| one.name().cmp(other.name()));
        observed
    }

    /// Returns how the connection to the store is; `None` if the registry has not joined a fleet.
    pub(crate) fn fleet_health(&self) -> Option<FleetHealth> {
        *lock(&self.0.observed.fleet)
    }

    /// Sets how the connection to the store is.
    #[allow(dead_code, reason = "a fleet sets it")]
    pub(crate) fn set_fleet_health(&self, health: FleetHealth) {
        *lock(&self.0.observed.fleet) = Some(health);
    }
}
