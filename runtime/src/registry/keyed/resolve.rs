//! Which group a builder or a declaration gets.

use std::sync::Arc;

use crate::{
    breaker::CircuitBreaker,
    config::{
        ConfigError, Name, Settings,
        name::{BreakerName, intern},
    },
    registry::{
        Conflict, Declaration, KeyedBreakers, Registry, catalog,
        keyed::{
            builder::DEFAULT_MAX_KEYS,
            group::{Group, Surroundings},
        },
        resolve::{number_on_line, own_name, winner},
    },
};

impl Group {
    pub(super) fn full_name(&self) -> Name {
        BreakerName::fixed(self.name).name().clone()
    }

    /// Compares what a builder gives with what the group has.
    fn accept(&self, settings: Option<Settings>, max_keys: Option<u32>) -> Result<(), ConfigError> {
        self.declared_settings
            .accept(self.name, settings, self.declared)?;
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
        let declared = || catalog::keyed_of_name(name).first();
        self.find_group(name)
            .or_else(|| declared().map(|declaration| self.resolve_keyed(declaration)))
    }

    fn find_group(&self, name: &str) -> Option<KeyedBreakers> {
        self.0.groups.get(name).map(|group| group.clone())
    }

    /// Returns the group for a builder, whose settings are checked before.
    pub(super) fn build_keyed(
        &self,
        name: &'static str,
        settings: Option<Settings>,
        max_keys: Option<u32>,
    ) -> Result<KeyedBreakers, ConfigError> {
        if self.find(name).is_some() {
            return Err(ConfigError::NotKeyed { name });
        }
        let declared = winner(&named(name));
        let group = match declared {
            None => self.find_or_make_group(name, settings, max_keys, None),
            Some(declared) => self.resolve_keyed(declared),
        };
        group.group.accept(settings, max_keys)?;
        Ok(group)
    }

    /// Returns the group of an annotated function, and reports conflicts.
    pub(crate) fn resolve_keyed(&self, declaration: &'static Declaration) -> KeyedBreakers {
        let name = intern(&declaration.name());
        if !declaration.has_explicit_name() {
            return self.resolve_keyed_alone(name, declaration);
        }
        let mut declared = named(name);
        if !declared.iter().any(|other| other.is(declaration)) {
            declared.push(declaration);
        }
        let first = winner(&declared).unwrap_or(declaration);
        let group = self.find_or_make_group(name, first.settings(), first.max_keys(), Some(first));
        let (winner, settings) = (group.group.declared, group.declared_settings());
        for other in declared {
            let difference = other.settings().and_then(|given| settings.difference(&given));
            let bounds = other.max_keys().map(|given| (group.max_keys(), given));
            if let Some(difference) = difference {
                self.report(&Conflict::settings(name, winner, other, difference));
            } else if let Some(bounds) = bounds.filter(|(existing, given)| existing != given) {
                self.report(&Conflict::max_keys(name, winner, other, bounds));
            }
        }
        group
    }

    /// A function with a default name shares its group with no other function.
    fn resolve_keyed_alone(&self, name: &'static str, declaration: &'static Declaration) -> KeyedBreakers {
        let make = |name| {
            self.find_or_make_group(
                name,
                declaration.settings(),
                declaration.max_keys(),
                Some(declaration),
            )
        };
        let is_own = |group: &KeyedBreakers| {
            group
                .group
                .declared
                .is_some_and(|declared| declared.is(declaration))
        };
        let group = make(name);
        if is_own(&group) {
            return group;
        }
        self.report(&Conflict::default_name(name, group.group.declared, declaration));
        let numbers = number_on_line(declaration, catalog::keyed_of_name(name))..;
        let mut groups = numbers.map(|number| make(intern(&own_name(name, declaration, number))));
        groups.find(is_own).unwrap_or(group)
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
        let make = || {
            let surroundings = Surroundings {
                configuration: Arc::clone(&self.0.configuration),
                clock: self.0.clock.clone(),
                dispatcher: Arc::clone(&self.0.dispatcher),
                seed: self.0.seed,
                new_breakers: Arc::clone(&self.0.new_breakers),
            };
            let (settings, max_keys) = (settings.unwrap_or_default(), max_keys.unwrap_or(DEFAULT_MAX_KEYS));
            KeyedBreakers::new(Group::new(name, settings, max_keys, declared, surroundings))
        };
        self.0.groups.entry(name).or_insert_with(make).clone()
    }
}

/// Returns the declarations that give groups this name on purpose.
fn named(name: &str) -> Vec<&'static Declaration> {
    let declared = catalog::keyed_of_name(name).iter().copied();
    declared
        .filter(|declaration| declaration.has_explicit_name())
        .collect()
}
