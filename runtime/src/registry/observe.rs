//! The values that exporters read besides snapshots.

use crate::{
    breaker::CircuitBreaker,
    registry::{
        Declaration, Registry, current,
        observed_state::{FleetHealth, ReadFleetHealth},
    },
    sync::lock,
};

#[cfg_attr(
    not(any(feature = "metrics", feature = "prometheus")),
    allow(dead_code, reason = "exporters read it")
)]
impl Registry {
    /// Returns all breakers by name, each with the function that declares it.
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

    /// Returns the health of the connection to the store. `None` without a fleet.
    pub(crate) fn fleet_health(&self) -> Option<FleetHealth> {
        lock(&self.0.observed.fleet).as_ref().map(|read| read())
    }

    /// Sets the function that reads the health of the connection to the store;
    /// `None` after the registry has left its fleet.
    #[allow(dead_code, reason = "a fleet sets it")]
    pub(crate) fn set_fleet_health(&self, read: Option<ReadFleetHealth>) {
        *lock(&self.0.observed.fleet) = read;
    }
}
