//! Which group a builder or a declaration gets.

use std::sync::Arc;

use crate::{
    breaker::CircuitBreaker,
    config::{ConfigError, Name, Settings, name::BreakerName},
    registry::{
        Declaration, KeyedBreakers, Registry,
        keyed::{
            builder::DEFAULT_MAX_KEYS,
            group::{Group, Surroundings},
        },
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

    /// Returns the group of this name, if it exists.
    pub fn group(&self, name: &str) -> Option<KeyedBreakers> {
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
        let group = self.find_or_make_group(name, settings, max_keys, None);
        group.group.accept(settings, max_keys)?;
        Ok(group)
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
                hub: Arc::clone(&self.0.hub),
                seed: self.0.seed,
            };
            let (settings, max_keys) = (settings.unwrap_or_default(), max_keys.unwrap_or(DEFAULT_MAX_KEYS));
            KeyedBreakers::new(Group::new(name, settings, max_keys, declared, surroundings))
        };
        self.0.groups.entry(name).or_insert_with(make).clone()
    }
}
