//! Lookup of breakers that a registry holds, and of those that the program
//! declares.

use std::vec;

use crate::{
    breaker::CircuitBreaker,
    registry::{Conflict, Declaration, DeclareError, Registered, Registry, catalog},
};

impl Registry {
    /// Returns the breaker of this name, if it exists or a function declares it.
    ///
    /// A declared breaker is made Closed if its function was not called yet. For that the feature
    /// `catalog` is needed. A breaker that no function declares is never made here.
    pub fn get(&self, name: &str) -> Option<CircuitBreaker> {
        let found = self.find(name).map(|registered| registered.breaker);
        found
            .or_else(|| self.find_keyed(name))
            .or_else(|| self.declared(name))
    }

    /// Returns all breakers that exist, sorted by name.
    ///
    /// A breaker that is declared but was not used yet does not exist, see
    /// [`declare_all`](Self::declare_all). Keyed breakers are in [`groups`](Self::groups).
    pub fn iter(&self) -> impl Iterator<Item = CircuitBreaker> + use<> {
        self.into_iter()
    }

    /// Returns all conflicts that were found so far, in order.
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.known_conflicts().clone()
    }

    /// Returns the declarations of all annotated functions, called or not.
    ///
    /// Their order is (crate, module, file, line). Without the feature `catalog` there are none.
    #[allow(
        clippy::unused_self,
        reason = "one catalogue serves all registries, but a registry is where users look for it"
    )]
    pub fn catalog(&self) -> impl Iterator<Item = &'static Declaration> + use<> {
        catalog::all().iter().copied()
    }

    /// Makes the breakers of all annotated functions now, Closed.
    ///
    /// # Errors
    /// All conflicts between declarations. The breakers are made nevertheless.
    pub fn declare_all(&self) -> Result<(), DeclareError> {
        for declaration in catalog::all() {
            match declaration.max_keys() {
                None => drop(self.resolve(declaration)),
                Some(_) => drop(self.resolve_keyed(declaration)),
            }
        }
        DeclareError::new(self.conflicts()).map_or(Ok(()), Err)
    }

    pub(super) fn find(&self, name: &str) -> Option<Registered> {
        self.0.breakers.get(name).map(|registered| registered.clone())
    }

    /// Makes the breaker of this name if a function declares it.
    fn declared(&self, name: &str) -> Option<CircuitBreaker> {
        // Functions with equal default names have breakers called `name@file:line`.
        let default_name = name.rsplit_once('@').map_or("", |(default_name, _)| default_name);
        let declared = catalog::of_name(name)
            .iter()
            .chain(catalog::of_name(default_name));
        declared
            .map(|declaration| self.resolve(declaration))
            .find(|breaker| breaker.name() == name)
    }
}

/// All breakers that exist, sorted by name; see [`Registry::iter`].
impl IntoIterator for &Registry {
    type Item = CircuitBreaker;
    type IntoIter = vec::IntoIter<CircuitBreaker>;

    fn into_iter(self) -> Self::IntoIter {
        let mut breakers: Vec<_> = self
            .0
            .breakers
            .iter()
            .map(|entry| entry.breaker.clone())
            .collect();
        breakers.sort_by(|one, other| one.name().cmp(other.name()));
        breakers.into_iter()
    }
}
