//! The declaration of an annotated function.

use std::ptr;

use crate::config::{Location, Settings, Source, limits::DEFAULT_MAX_KEYS};

/// The name, the settings and the location of one annotated function.
///
/// Two declarations are the same only if they are the same static. Functions that one
/// `macro_rules!` call makes have equal locations, but each has a declaration of its own.
#[derive(Debug)]
pub struct Declaration {
    name: Option<&'static str>,
    settings: Option<&'static Settings>,
    is_keyed: bool,
    /// The bound of keys, if the attribute gives it.
    given_max_keys: Option<u32>,
    has_timeout: bool,
    location: Location,
}

impl Declaration {
    /// Makes a declaration without a name and without settings.
    #[doc(hidden)]
    pub const fn new(
        module: &'static str,
        function: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
    ) -> Self {
        Self {
            name: None,
            settings: None,
            is_keyed: false,
            given_max_keys: None,
            has_timeout: false,
            location: Location::new(module, function, file, line, column),
        }
    }

    /// Sets an explicit name.
    #[doc(hidden)]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the settings.
    ///
    /// The attribute does so if at least one setting is written. By reference, so that functions
    /// with equal settings share them in the binary.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_settings(mut self, settings: &'static Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Makes it a declaration of one breaker per key.
    #[doc(hidden)]
    pub const fn keyed(mut self, max_keys: Option<u32>) -> Self {
        self.is_keyed = true;
        self.given_max_keys = max_keys;
        self
    }

    /// Marks a function with a `timeout`.
    #[doc(hidden)]
    pub const fn timed(mut self) -> Self {
        self.has_timeout = true;
        self
    }

    /// Returns whether the function has a `timeout`, which configuration may
    /// replace.
    #[cfg_attr(
        not(feature = "config"),
        allow(dead_code, reason = "decides whether a file has an effect")
    )]
    pub(crate) const fn has_timeout(&self) -> bool {
        self.has_timeout
    }

    /// Returns how many keys may have a breaker; `None` for a function with one
    /// breaker.
    pub const fn max_keys(&self) -> Option<u32> {
        match self.given_max_keys {
            None if self.is_keyed => Some(DEFAULT_MAX_KEYS),
            given => given,
        }
    }

    pub(crate) const fn given_max_keys(&self) -> Option<u32> {
        self.given_max_keys
    }

    /// Returns whether the function has one breaker per key.
    pub(crate) const fn is_keyed(&self) -> bool {
        self.is_keyed
    }

    /// Returns the `name` that the attribute gives, if there is one.
    pub const fn explicit_name(&self) -> Option<&'static str> {
        self.name
    }

    /// Returns the name of the breaker.
    ///
    /// The explicit name, or `module::function`.
    pub fn name(&self) -> String {
        self.name.map_or_else(
            || format!("{}::{}", self.location.module(), self.location.function()),
            str::to_owned,
        )
    }

    /// Returns the settings, if the attribute has at least one.
    pub const fn settings(&self) -> Option<Settings> {
        let source = Source::Attribute {
            file: self.location.file(),
            line: self.location.line(),
        };
        match self.settings {
            Some(settings) => Some(settings.declared_by(source)),
            None => None,
        }
    }

    /// Returns where the function is.
    pub const fn location(&self) -> Location {
        self.location
    }

    pub(crate) const fn location_ref(&self) -> &Location {
        &self.location
    }

    /// Returns whether both are one static.
    ///
    /// A comparison of locations is not enough, see [`Declaration`].
    pub(crate) fn is(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }

    /// Returns whether the function has a name in common with others on purpose.
    pub(crate) const fn has_explicit_name(&self) -> bool {
        self.name.is_some()
    }
}
