//! Which breaker a declaration or a builder gets.

use std::sync::Arc;

use crate::registry::{Conflict, Registered, Registry};
use crate::{
    breaker::CircuitBreaker,
    config::{ConfigError, Settings, name::intern},
    engine::Engine,
    event::log,
    registry::{Declaration, Location, catalog},
};

impl Registry {
    /// The breaker that this name and these settings mean. The caller has checked both.
    pub(crate) fn build(
        &self,
        name: &'static str,
        given: Option<Settings>,
    ) -> Result<CircuitBreaker, ConfigError> {
        let declared = winner(catalog::of_name(name));
        let settings = declared.or(given).unwrap_or_default();
        let refuse = |existing: Settings| match existing.difference(&given.unwrap_or(existing)) {
            Some(difference) => Err(ConfigError::Conflict { name, difference }),
            None => Ok(()),
        };
        refuse(settings)?;
        let found = self.find_or_make(name, settings, None);
        refuse(found.settings)?;
        Ok(found.breaker)
    }

    /// The breaker of an annotated function. Conflicts are recorded and told.
    pub(crate) fn resolve(&self, declaration: &'static Declaration) -> CircuitBreaker {
        match declaration.explicit_name() {
            Some(name) => self.resolve_named(name, declaration),
            None => self.resolve_default(declaration),
        }
    }

    fn resolve_named(&self, name: &'static str, declaration: &'static Declaration) -> CircuitBreaker {
        let linked: Vec<_> = catalog::of_name(name)
            .iter()
            .copied()
            .filter(|other| other.explicit_name().is_some())
            .collect();
        let group = if linked.is_empty() {
            vec![declaration]
        } else {
            linked
        };
        let settings = winner(&group).unwrap_or_default();
        let first = group
            .iter()
            .find(|other| other.settings().is_some())
            .unwrap_or(&group[0]);
        let found = self.find_or_make(intern(name), settings, Some(first.location()));
        for other in group {
            let difference = other
                .settings()
                .and_then(|given| found.settings.difference(&given));
            if let Some(difference) = difference.filter(|_| found.declared != Some(other.location())) {
                self.report(Conflict::settings(
                    intern(name),
                    found.declared,
                    other.location(),
                    difference,
                ));
            }
        }
        found.breaker
    }

    /// Functions that happen to have the same default name never share a breaker.
    fn resolve_default(&self, declaration: &'static Declaration) -> CircuitBreaker {
        let name = intern(&declaration.name());
        let place = declaration.location();
        let group = catalog::of_name(name);
        let settings = declaration.settings().unwrap_or_default();
        if group.len() <= 1 {
            let found = self.find_or_make(name, settings, Some(place));
            if found.declared == Some(place) {
                return found.breaker;
            }
            self.report(Conflict::default_name(name, found.declared, place));
        } else {
            for other in &group[1..] {
                self.report(Conflict::default_name(
                    name,
                    Some(group[0].location()),
                    other.location(),
                ));
            }
        }
        self.find_or_make(own_name(name, place, group), settings, Some(place))
            .breaker
    }

    /// The breaker of this name; makes it if it is not there.
    fn find_or_make(&self, name: &'static str, settings: Settings, declared: Option<Location>) -> Registered {
        let make = || {
            let (clock, hub) = (self.0.clock.clone(), Arc::clone(&self.0.hub));
            let engine = Engine::new(name, settings, clock, hub, self.seed_of(name));
            Registered {
                breaker: CircuitBreaker::new(Arc::new(engine)),
                settings,
                declared,
            }
        };
        self.0.breakers.entry(name).or_insert_with(make).clone()
    }

    /// Records a conflict and tells it, once.
    fn report(&self, conflict: Conflict) {
        {
            let mut known = self.known_conflicts();
            if known.contains(&conflict) {
                return;
            }
            known.push(conflict);
        }
        log::conflict(conflict.name(), &conflict);
    }
}

/// The settings of the first function that gives any.
fn winner(group: &[&'static Declaration]) -> Option<Settings> {
    group
        .iter()
        .filter(|declaration| declaration.explicit_name().is_some())
        .find_map(|declaration| declaration.settings())
}

/// The default name with `file:line`, and a number where one line declares several functions of that name.
fn own_name(name: &str, place: Location, group: &[&'static Declaration]) -> &'static str {
    let own = format!("{name}@{}:{}", place.file(), place.line());
    let on_line = group
        .iter()
        .filter(|other| other.location().file() == place.file() && other.location().line() == place.line());
    match on_line
        .map(|other| other.location())
        .take_while(|other| *other != place)
        .count()
    {
        0 => intern(&own),
        before => intern(&format!("{own}#{}", before + 1)),
    }
}
