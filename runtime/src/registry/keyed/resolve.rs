//! The choice of the group that a builder or a declaration gets.

use std::sync::Arc;

use crate::{
    breaker::CircuitBreaker,
    config::{
        ConfigError, Name, Settings,
        limits::DEFAULT_MAX_KEYS,
        name::{BreakerName, intern},
    },
    event::log,
    registry::{
        Conflict, Declaration, KeyedBreakers, Registry, catalog,
        keyed::group::{Group, Surroundings},
        resolve::{number_on_line, own_name, winner},
        rival::rivals,
    },
};

impl Group {
    pub(super) fn full_name(&self) -> Name {
        BreakerName::fixed(self.name).name().clone()
    }

    /// Compares what a builder gives with what the group has.
    ///
    /// Settings that an operator or the configuration has changed can be given too.
    fn accept(&self, settings: Option<Settings>, max_keys: Option<u32>) -> Result<(), ConfigError> {
        if self.settings().accept(self.name, settings, None).is_err() {
            self.declared_settings
                .accept(self.name, settings, self.declared)?;
        }
        match max_keys.filter(|given| *given != self.max_keys) {
            Some(given) => Err(ConfigError::MaxKeysConflict {
                name: self.name,
                existing: self.max_keys,
                given,
            }),
            None => Ok(()),
        }
    }
}

impl Registry {
    /// Returns all groups of keyed breakers, sorted by name.
    ///
    /// Their breakers are not among those of [`iter`](Self::iter).
    pub fn groups(&self) -> impl Iterator<Item = KeyedBreakers> + use<> {
        let mut groups: Vec<_> = self.0.groups.iter().map(|group| group.clone()).collect();
        groups.sort_by(|one, other| one.name().cmp(other.name()));
        groups.into_iter()
    }

    /// Returns the group of this name, if it exists or a function declares it.
    ///
    /// For a function that was not called yet, the feature `catalog` is needed.
    pub fn group(&self, name: &str) -> Option<KeyedBreakers> {
        // A function that has lost its name to another one has a group called `name@file:line`.
        let own_name = name.rsplit_once('@').map_or("", |(own_name, _)| own_name);
        let declared = catalog::keyed_of_name(name)
            .iter()
            .chain(catalog::keyed_of_name(own_name));
        self.find_group(name).or_else(|| {
            declared
                .map(|declaration| self.resolve_keyed(declaration))
                .find(|group| group.name() == name)
        })
    }

    pub(in crate::registry) fn find_group(&self, name: &str) -> Option<KeyedBreakers> {
        self.0.groups.get(name).map(|group| group.clone())
    }

    /// Returns the group for a builder, whose settings are checked before.
    pub(super) fn build_keyed(
        &self,
        name: &'static str,
        settings: Option<Settings>,
        max_keys: Option<u32>,
    ) -> Result<KeyedBreakers, ConfigError> {
        let declared = winner(&named(name)).filter(|declared| self.rival(name, declared).is_none());
        let is_single = |other: &&Declaration| other.has_explicit_name();
        if self.find(name).is_some() || declared.is_none() && catalog::of_name(name).iter().any(is_single) {
            return Err(ConfigError::NotKeyed { name });
        }
        let group = match (declared, self.find_group(name)) {
            (Some(declared), _) => self.resolve_keyed(declared),
            (None, Some(group)) => group,
            (None, None) => {
                // Before the group is made, because a failed `build` registers nothing.
                self.0.configuration.of(name, settings.unwrap_or_default())?;
                self.find_or_make_group(name, settings, max_keys, None)
            }
        };
        group.group.accept(settings, max_keys)?;
        Ok(group)
    }

    /// Returns the group of an annotated function, and reports conflicts.
    pub(crate) fn resolve_keyed(&self, declaration: &'static Declaration) -> KeyedBreakers {
        let name = intern(&declaration.name());
        if !declaration.has_explicit_name() {
            let group = self.make_declared(name, declaration);
            if group.is_of(declaration) {
                return group;
            }
            self.report(&Conflict::default_name(name, group.declaration(), declaration));
            return self.resolve_keyed_alone(name, declaration);
        }
        let mut declared = named(name);
        if !declared.iter().any(|other| other.is(declaration)) {
            declared.push(declaration);
        }
        if let Some(rival) = self.rival(name, declared[0]) {
            for loser in declared {
                self.report(&Conflict::keys(name, rival.declared, loser));
            }
            return self.resolve_keyed_alone(name, declaration);
        }
        self.resolve_keyed_named(name, &declared)
    }

    /// Functions with the same explicit name share one group.
    fn resolve_keyed_named(&self, name: &'static str, declared: &[&'static Declaration]) -> KeyedBreakers {
        let first = winner(declared).unwrap_or(declared[0]);
        let bounded = declared
            .iter()
            .copied()
            .find(|other| other.given_max_keys().is_some());
        let max_keys = bounded.and_then(Declaration::given_max_keys);
        let group = self.find_or_make_group(name, first.settings(), max_keys, Some(first));
        let (winner, settings) = (group.declaration(), group.declared_settings());
        for &other in declared {
            let difference = other.settings().and_then(|given| settings.difference(&given));
            let bounds = other.given_max_keys().map(|given| (group.max_keys(), given));
            if let Some(difference) = difference {
                self.report(&Conflict::settings(name, winner, other, difference));
            } else if let Some(bounds) = bounds.filter(|(existing, given)| existing != given) {
                let winner = winner.and(bounded);
                self.report(&Conflict::max_keys(name, winner, other, bounds));
            }
        }
        for loser in rivals(name, declared[0]) {
            self.report(&Conflict::keys(name, Some(declared[0]), loser));
        }
        group
    }

    /// Returns the group that belongs to this function alone.
    fn resolve_keyed_alone(&self, name: &'static str, declaration: &'static Declaration) -> KeyedBreakers {
        // A builder may have taken one of these names, and so may another function of the same line
        // if the catalogue is off.
        for number in number_on_line(declaration, catalog::keyed_of_name(name)).. {
            let own = intern(&own_name(name, declaration, number));
            let group = self.make_declared(own, declaration);
            if group.is_of(declaration) {
                return group;
            }
        }
        unreachable!("a registry holds fewer groups than there are numbers")
    }

    fn make_declared(&self, name: &'static str, declaration: &'static Declaration) -> KeyedBreakers {
        self.find_or_make_group(
            name,
            declaration.settings(),
            declaration.given_max_keys(),
            Some(declaration),
        )
    }

    /// Returns the breaker of a name with a key: `inventory[eu-1]`.
    pub(in crate::registry) fn find_keyed(&self, name: &str) -> Option<CircuitBreaker> {
        let name = name.strip_suffix(']')?;
        let mut splits = name.match_indices('[');
        splits.find_map(|(at, _)| self.group(&name[..at])?.find(&name[at + 1..]))
    }

    fn find_or_make_group(
        &self,
        name: &'static str,
        settings: Option<Settings>,
        max_keys: Option<u32>,
        declared: Option<&'static Declaration>,
    ) -> KeyedBreakers {
        let (settings, max_keys) = (settings.unwrap_or_default(), max_keys.unwrap_or(DEFAULT_MAX_KEYS));
        let mut is_new = false;
        let make = || {
            is_new = true;
            let surroundings = Surroundings {
                configuration: Arc::clone(&self.0.configuration),
                clock: self.0.clock.clone(),
                dispatcher: Arc::clone(&self.0.dispatcher),
                seed: self.0.seed,
                new_breakers: Arc::clone(&self.0.new_breakers),
            };
            KeyedBreakers::new(Group::new(name, settings, max_keys, declared, surroundings))
        };
        let group = self.0.groups.entry(name).or_insert_with(make).clone();
        let refused = is_new.then(|| self.0.configuration.of(name, settings).err());
        if let Some(error) = refused.flatten() {
            self.0
                .dispatcher
                .guarded(|| log::configuration_refused(name, &error));
        }
        group
    }
}

/// Returns the declarations that give groups this name on purpose.
fn named(name: &str) -> Vec<&'static Declaration> {
    let declared = catalog::keyed_of_name(name).iter().copied();
    declared
        .filter(|declaration| declaration.has_explicit_name())
        .collect()
}
