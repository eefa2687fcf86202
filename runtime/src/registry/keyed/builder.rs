//! The builder of a group of keyed breakers.

use crate::{
    CircuitBreaker, Registry,
    config::{ConfigError, Source, limits::MAX_KEYS, name},
    registry::{CircuitBreakerBuilder, KeyedBreakers},
};

/// The settings of a group of keyed breakers; the methods are those of
/// [`CircuitBreakerBuilder`].
pub type KeyedBreakersBuilder = CircuitBreakerBuilder<Keyed>;

/// A builder makes a group, with these keys.
#[derive(Debug, Clone)]
pub struct Keyed {
    max_keys: Option<u32>,
}

impl CircuitBreakerBuilder<Keyed> {
    /// Sets how many keys have a breaker of their own. Default: 1,000.
    ///
    /// 1 to 100,000.
    pub fn max_keys(mut self, max_keys: u32) -> Self {
        self.kind.max_keys = Some(max_keys);
        self
    }

    /// Registers the group, or finds the one with this name.
    ///
    /// A builder with only a name takes the settings and the bound of the group that exists.
    ///
    /// # Errors
    /// The first broken rule, or [`ConfigError::Conflict`] if the group has other settings or
    /// another bound. [`ConfigError::NotKeyed`] if a breaker without keys has the name. Nothing is
    /// registered then.
    pub fn build(self) -> Result<KeyedBreakers, ConfigError> {
        name::check(&self.name)?;
        self.settings.unwrap_or_default().check()?;
        if let Some(keys) = self.kind.max_keys.filter(|keys| !(1..=MAX_KEYS).contains(keys)) {
            return Err(ConfigError::MaxKeys { keys });
        }
        let source = Source::Builder {
            file: self.started_at.file(),
            line: self.started_at.line(),
        };
        let settings = self.settings.map(|settings| settings.declared_by(source));
        let name = name::intern(&self.name);
        self.registry.build_keyed(name, settings, self.kind.max_keys)
    }
}

impl CircuitBreaker {
    /// Returns a builder for one breaker per key, in the
    /// [current registry](Registry::current).
    ///
    /// ```
    /// # use fusebox::{CircuitBreaker, Threshold, Window};
    /// let hosts = CircuitBreaker::keyed("keyed-builder-doc")
    ///     .threshold(Threshold::rate(0.5))
    ///     .window(Window::calls(50))
    ///     .max_keys(1_000)
    ///     .build()?;
    /// let host = hosts.get("example.com");
    /// # Ok::<(), fusebox::ConfigError>(())
    /// ```
    #[track_caller]
    pub fn keyed(name: impl AsRef<str>) -> KeyedBreakersBuilder {
        Registry::current().keyed(name)
    }
}

impl Registry {
    /// Returns a builder for the group of this name: one breaker per key.
    #[track_caller]
    pub fn keyed(&self, name: impl AsRef<str>) -> KeyedBreakersBuilder {
        let keyed = Keyed { max_keys: None };
        CircuitBreakerBuilder::of_kind(self.clone(), name.as_ref(), keyed)
    }
}
