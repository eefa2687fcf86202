//! The layers of configuration over the settings that code declares.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    config::{ConfigError, Settings},
    event::Operator,
    state::Override,
    sync::{Mutex, MutexGuard, lock},
};

/// Decides, by the name of a breaker, what configuration makes of its declared
/// settings.
pub(crate) trait Layers: fmt::Debug + Send + Sync {
    /// Returns the configuration of one breaker.
    ///
    /// # Errors
    /// The first rule that declared and configured values break together.
    fn configure(&self, name: &str, declared: Settings) -> Result<Configured, ConfigError>;
}

/// The configuration of one breaker.
#[derive(Debug, Clone)]
pub(crate) struct Configured {
    pub(crate) settings: Settings,
    pub(crate) overridden: Override,
    /// The source of the override, and its reason.
    pub(crate) operator: Option<Operator>,
    pub(crate) timeout: Option<Duration>,
}

/// The configuration of a registry, if it has any.
pub(super) struct Configuration(Mutex<Option<Arc<dyn Layers>>>);

impl Configured {
    /// Makes the configuration of a breaker that is not configured: what the code
    /// declares.
    pub(crate) const fn as_declared(settings: Settings) -> Self {
        Self {
            settings,
            overridden: Override::None,
            operator: None,
            timeout: None,
        }
    }
}

impl Configuration {
    pub(super) fn none() -> Self {
        Self(Mutex::new(None))
    }

    /// Holds the configuration in place until the guard is dropped.
    pub(super) fn hold(&self) -> MutexGuard<'_, Option<Arc<dyn Layers>>> {
        lock(&self.0)
    }

    /// Replaces the configuration.
    #[cfg_attr(not(feature = "config"), allow(dead_code, reason = "applies a file"))]
    pub(super) fn set(&self, layers: Arc<dyn Layers>) {
        *self.hold() = Some(layers);
    }

    /// Returns the configuration of one breaker.
    pub(super) fn of(&self, name: &str, declared: Settings) -> Result<Configured, ConfigError> {
        let layers = self.hold().clone();
        configured(layers.as_deref(), name, declared)
    }
}

/// Returns the configuration of one breaker by these layers.
pub(super) fn configured(
    layers: Option<&dyn Layers>,
    name: &str,
    declared: Settings,
) -> Result<Configured, ConfigError> {
    layers.map_or_else(
        || Ok(Configured::as_declared(declared)),
        |layers| layers.configure(name, declared),
    )
}
