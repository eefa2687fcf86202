//! The choice of the breaker that a declaration or a builder gets.

use std::sync::Arc;

use crate::{
    breaker::CircuitBreaker,
    clock::Timestamp,
    config::{
        ConfigError, Settings,
        name::{BreakerName, intern},
    },
    engine::Engine,
    event::log,
    registry::{
        Conflict, Declaration, Registered, Registry, catalog,
        layers::{Configured, configured},
        rival::rivals,
    },
};

impl Registry {
    /// Returns the breaker for a builder. The caller has checked the settings.
    pub(crate) fn build(
        &self,
        name: &'static str,
        given: Option<Settings>,
    ) -> Result<CircuitBreaker, ConfigError> {
        if self.group(name).is_some() {
            return Err(ConfigError::Keyed { name });
        }
        let declared = declared_as(name);
        let declared_settings = declared.and_then(Declaration::settings);
        if self.find(name).is_none()
            && let (Some(declared), Some(settings)) = (declared, declared_settings)
        {
            // Before the breaker is made, because a failed `build` registers nothing.
            settings.accept(name, given, Some(declared))?;
        }
        if self.find(name).is_none() {
            let settings = declared_settings.or(given).unwrap_or_default();
            self.0.configuration.of(name, settings)?;
        }
        let found = self.find_or_make(name, declared_settings.or(given), declared);
        // Settings that an operator has changed since can be given too.
        if found.breaker.settings().accept(name, given, None).is_err() {
            found.settings.accept(name, given, found.declared)?;
        }
        Ok(found.breaker)
    }

    /// Returns the breaker of an annotated function, and reports conflicts.
    pub(crate) fn resolve(&self, declaration: &'static Declaration) -> CircuitBreaker {
        let name = intern(&declaration.name());
        let group = catalog::of_name(name);
        if declaration.has_explicit_name() {
            self.resolve_named(name, declaration, group)
        } else {
            self.resolve_default(name, declaration, group)
        }
    }

    /// Functions with the same explicit name share one breaker.
    fn resolve_named(
        &self,
        name: &'static str,
        declaration: &'static Declaration,
        linked: &[&'static Declaration],
    ) -> CircuitBreaker {
        let mut group: Vec<_> = linked
            .iter()
            .copied()
            .filter(|other| other.has_explicit_name())
            .collect();
        if !group.iter().any(|other| other.is(declaration)) {
            group.push(declaration);
        }
        let winner = winner(&group).unwrap_or(declaration);
        if let Some(rival) = self.rival(name, group[0]) {
            for loser in group {
                self.report(&Conflict::keys(name, rival.declared, loser));
            }
            return self.resolve_alone(name, declaration, linked);
        }
        let found = self.find_or_make(name, winner.settings(), Some(winner));
        for loser in rivals(name, declaration) {
            self.report(&Conflict::keys(name, Some(group[0]), loser));
        }
        if let Some(other) = found.declared.filter(|other| !other.has_explicit_name()) {
            self.report(&Conflict::default_name(name, Some(other), declaration));
            return self.resolve_alone(name, declaration, linked);
        }
        for other in group {
            let difference = other
                .settings()
                .and_then(|given| found.settings.difference(&given));
            if let Some(difference) = difference {
                self.report(&Conflict::settings(name, found.declared, other, difference));
            }
        }
        found.breaker
    }

    /// Returns the breaker of a function with a default name, which shares it with
    /// no other function.
    fn resolve_default(
        &self,
        name: &'static str,
        declaration: &'static Declaration,
        linked: &[&'static Declaration],
    ) -> CircuitBreaker {
        let mut others = linked.iter().copied().filter(|other| !other.is(declaration));
        if others.next().is_none() {
            let found = self.find_or_make(name, declaration.settings(), Some(declaration));
            if found.declared.is_some_and(|declared| declared.is(declaration)) {
                return found.breaker;
            }
            self.report(&Conflict::default_name(name, found.declared, declaration));
        } else {
            let named = linked.iter().find(|other| other.has_explicit_name());
            let winner = *named.unwrap_or(&linked[0]);
            let losers = linked.iter().filter(|other| !other.has_explicit_name());
            for loser in losers.filter(|loser| !loser.is(winner)) {
                self.report(&Conflict::default_name(name, Some(winner), loser));
            }
        }
        self.resolve_alone(name, declaration, linked)
    }

    /// Returns the breaker that belongs to this function alone.
    fn resolve_alone(
        &self,
        name: &str,
        declaration: &'static Declaration,
        linked: &[&'static Declaration],
    ) -> CircuitBreaker {
        // A builder may have taken one of these names, and so may another function of the same line
        // if the catalogue is off.
        for number in number_on_line(declaration, linked).. {
            let own = intern(&own_name(name, declaration, number));
            let found = self.find_or_make(own, declaration.settings(), Some(declaration));
            if found.declared.is_some_and(|declared| declared.is(declaration)) {
                return found.breaker;
            }
        }
        unreachable!("a registry holds fewer breakers than there are numbers")
    }

    /// Returns the breaker of this name, or makes it.
    ///
    /// A declaration with settings replaces the defaults of a breaker that was made without any,
    /// so the order of the first calls does not matter.
    fn find_or_make(
        &self,
        name: &'static str,
        settings: Option<Settings>,
        declared: Option<&'static Declaration>,
    ) -> Registered {
        let (mut is_new, mut refused) = (false, None);
        // Before the map is locked: a clock is user code.
        let now = self.0.clock.now();
        let (found, replaced) = {
            // Held until the breaker is in the map. So a breaker is made with a configuration, or
            // is in the map when that configuration is set, and then changed in place.
            let configuration = self.0.configuration.hold();
            let mut entry = self.0.breakers.entry(name).or_insert_with(|| {
                is_new = true;
                let configured = configured(configuration.as_deref(), name, settings.unwrap_or_default());
                let configured = configured.unwrap_or_else(|error| {
                    refused = Some(error);
                    Configured::as_declared(settings.unwrap_or_default())
                });
                self.make(now, name, settings, &configured, declared)
            });
            let replaced = declared.and_then(|declared| entry.declare(declared));
            (entry.clone(), replaced)
        };
        // Outside of the map's guard: a change notifies subscribers.
        if replaced.is_some() {
            refused = self.configure_settings(&found).err();
        }
        if is_new {
            self.configure_override(&found);
            self.0.new_breakers.send_replace(());
        }
        if let Some(error) = refused {
            self.0
                .dispatcher
                .guarded(|| log::configuration_refused(name, &error));
        }
        found
    }

    fn make(
        &self,
        now: Timestamp,
        name: &'static str,
        settings: Option<Settings>,
        configured: &Configured,
        declared: Option<&'static Declaration>,
    ) -> Registered {
        let (clock, dispatcher) = (self.0.clock.clone(), Arc::clone(&self.0.dispatcher));
        let engine = Engine::new_at(
            now,
            BreakerName::fixed(name),
            configured.settings,
            clock,
            dispatcher,
            self.seed_of(name),
        );
        engine.configure_timeout(configured.timeout);
        Registered {
            breaker: CircuitBreaker::new(Arc::new(engine)),
            settings: settings.unwrap_or_default(),
            are_defaults: settings.is_none(),
            declared,
        }
    }

    /// Records a conflict and logs it, once.
    pub(super) fn report(&self, conflict: &Conflict) {
        {
            let mut known = self.known_conflicts();
            if known.contains(conflict) {
                return;
            }
            known.push(conflict.clone());
        }
        // A `tracing` subscriber is user code. It runs outside the lock, and its panic does not
        // reach the caller.
        self.0
            .dispatcher
            .guarded(|| log::conflict(conflict.name(), conflict));
    }
}

impl Registered {
    /// Enters a declaration. Returns the defaults that its settings replace.
    fn declare(&mut self, declaration: &'static Declaration) -> Option<Settings> {
        let may_share = self
            .declared
            .is_none_or(|first| first.has_explicit_name() && declaration.has_explicit_name());
        if !may_share {
            return None;
        }
        match declaration.settings() {
            Some(settings) if self.are_defaults => {
                self.are_defaults = false;
                self.declared = Some(declaration);
                Some(std::mem::replace(&mut self.settings, settings)).filter(|defaults| *defaults != settings)
            }
            Some(settings) if self.settings != settings => None,
            _ => {
                self.declared.get_or_insert(declaration);
                None
            }
        }
    }
}

impl Settings {
    /// Compares what a builder gives with these, if it gives any settings.
    pub(super) fn accept(
        &self,
        name: &'static str,
        given: Option<Self>,
        declared: Option<&'static Declaration>,
    ) -> Result<(), ConfigError> {
        match given.and_then(|given| self.difference(&given)) {
            Some(difference) => Err(ConfigError::Conflict {
                name,
                difference,
                declared: declared.map(Declaration::location_ref),
            }),
            None => Ok(()),
        }
    }
}

/// Returns the declaration that decides what a builder of this name gets.
fn declared_as(name: &str) -> Option<&'static Declaration> {
    let group = catalog::of_name(name);
    let named: Vec<_> = group
        .iter()
        .copied()
        .filter(|declaration| declaration.has_explicit_name())
        .collect();
    match (named.is_empty(), group) {
        (true, [only]) => Some(only),
        _ => winner(&named),
    }
}

/// Returns the first declaration that gives settings, or the first one.
pub(super) fn winner(group: &[&'static Declaration]) -> Option<&'static Declaration> {
    let with_settings = group.iter().find(|declaration| declaration.settings().is_some());
    with_settings.or(group.first()).copied()
}

/// Returns how many functions of this name are before it on its line.
pub(super) fn number_on_line(declaration: &Declaration, linked: &[&'static Declaration]) -> usize {
    let location = declaration.location();
    linked
        .iter()
        .take_while(|other| !other.is(declaration))
        .map(|other| other.location())
        .filter(|other| (other.file(), other.line()) == (location.file(), location.line()))
        .count()
}

/// Returns `name@file:line`, and `#2` for a second function of one line.
pub(super) fn own_name(name: &str, declaration: &Declaration, number: usize) -> String {
    let location = declaration.location();
    let own = format!("{name}@{}:{}", location.file(), location.line());
    match number {
        0 => own,
        before => format!("{own}#{}", before + 1),
    }
}
