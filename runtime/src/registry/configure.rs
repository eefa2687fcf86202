//! Changes the breakers of a registry when its configuration changes.

use std::{sync::Arc, time::Duration};

use crate::{
    config::{ConfigError, Difference, Name, Settings},
    registry::{Registered, Registry, catalog, layers::Layers},
    state::Override,
    sync::Ordering,
};

impl Registry {
    /// Changes the settings of a breaker to what the configuration makes of the
    /// declared ones.
    pub(super) fn configure_settings(&self, registered: &Registered) -> Result<Vec<Difference>, ConfigError> {
        let (breaker, declared) = (&registered.breaker, registered.settings);
        let mut refused = None;
        let differences =
            breaker
                .engine()
                .configure(|| match self.0.configuration.of(breaker.name(), declared) {
                    Ok(configured) => configured.settings,
                    Err(error) => {
                        refused = Some(error);
                        declared
                    }
                })?;
        refused.map_or(Ok(differences), Err)
    }

    /// Sets or releases the override that the configuration requires of a
    /// breaker. Returns the override before and after, if it has changed.
    pub(super) fn configure_override(&self, registered: &Registered) -> Option<(Override, Override)> {
        let (breaker, declared) = (&registered.breaker, registered.settings);
        let configured = || match self.0.configuration.of(breaker.name(), declared) {
            Ok(configured) => (configured.overridden, configured.operator),
            Err(_) => (Override::None, None),
        };
        breaker.engine().configure_override(configured)
    }
}

/// The changes that the configuration has made to one breaker.
#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "applies a file"))]
pub(crate) struct Reconfigured {
    pub(crate) name: Name,
    pub(crate) differences: Vec<Difference>,
    /// Before and after, if it has changed.
    pub(crate) overrides: Option<(Override, Override)>,
    /// Before and after.
    pub(crate) timeouts: (Option<Duration>, Option<Duration>),
}

#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "applies a file"))]
impl Registry {
    /// Returns the settings that code declares for each breaker that exists and
    /// each annotated function, by name.
    pub(crate) fn declared_settings(&self) -> Vec<(String, Settings)> {
        let existing = self.registered().into_iter();
        let existing = existing.map(|registered| (registered.breaker.name().to_owned(), registered.settings));
        let declared = catalog::all()
            .iter()
            .map(|declaration| (declaration.name(), declaration.settings().unwrap_or_default()));
        let groups = self
            .groups()
            .map(|group| (group.name().to_owned(), group.declared_settings()));
        existing.chain(groups).chain(declared).collect()
    }

    /// Returns the settings that code declares for each group of keyed breakers
    /// that exists and each annotated function with a `key`, by name.
    pub(crate) fn declared_groups(&self) -> Vec<(String, Settings)> {
        let existing = self
            .groups()
            .map(|group| (group.name().to_owned(), group.declared_settings()));
        let keyed = catalog::all().iter().filter(|declaration| declaration.is_keyed());
        let declared =
            keyed.map(|declaration| (declaration.name(), declaration.settings().unwrap_or_default()));
        existing.chain(declared).collect()
    }

    /// Replaces the configuration, and changes every breaker that exists.
    pub(crate) fn configure(&self, layers: Arc<dyn Layers>) -> Vec<Reconfigured> {
        // From here on, breakers are made with the new configuration; those made before are in the
        // list.
        self.0.configuration.set(layers);
        self.registered()
            .iter()
            .map(|registered| self.reconfigure(registered))
            .collect()
    }

    fn reconfigure(&self, registered: &Registered) -> Reconfigured {
        let (breaker, declared) = (&registered.breaker, registered.settings);
        let (name, engine) = (breaker.name(), breaker.engine());
        // An error would be one of another configuration that was set meanwhile, which then changes
        // this breaker itself.
        let differences = self.configure_settings(registered).unwrap_or_default();
        let configured = self.0.configuration.of(name, declared);
        let timeout = configured.ok().and_then(|configured| configured.timeout);
        Reconfigured {
            name: breaker.full_name().clone(),
            differences,
            overrides: self.configure_override(registered),
            timeouts: (engine.configure_timeout(timeout), timeout),
        }
    }

    /// Returns every breaker that exists, those of groups included, in the order of
    /// the names.
    fn registered(&self) -> Vec<Registered> {
        let mut registered: Vec<_> = self.0.breakers.iter().map(|entry| entry.clone()).collect();
        registered.extend(self.groups().flat_map(|group| group.registered()));
        registered.sort_by(|one, other| one.breaker.name().cmp(other.breaker.name()));
        registered
    }

    /// Counts a file that could not be applied.
    pub(crate) fn count_config_reload_failure(&self) {
        // Relaxed: a total orders nothing.
        self.0.reload_failures.fetch_add(1, Ordering::Relaxed);
    }
}
