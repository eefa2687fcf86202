//! The static of one annotated function that has one breaker per key.

use std::fmt;

use crate::{
    breaker::CircuitBreaker,
    registry::{
        Declaration, KeyedBreakers,
        current::{self, PerRegistry},
    },
};

/// One annotated function with a `key`.
#[derive(Debug)]
pub struct KeyedSite {
    declaration: Declaration,
    breakers: PerRegistry<KeyedBreakers>,
}

impl KeyedSite {
    /// The call site of this declaration.
    pub const fn new(declaration: Declaration) -> Self {
        Self {
            declaration,
            breakers: PerRegistry::new(),
        }
    }

    /// Returns the declaration. Its address identifies the function.
    pub const fn declaration(&'static self) -> &'static Declaration {
        &self.declaration
    }

    /// Returns the breaker of a key.
    #[inline]
    fn breaker(&'static self, key: impl fmt::Display) -> CircuitBreaker {
        let current = current::current();
        let make = |registry: &crate::Registry| registry.resolve_keyed(&self.declaration);
        self.breakers.get_or_make(current.as_ref(), make).get(key)
    }
}

/// The value of `key`, where the user wrote it.
///
/// Two traits have a method `of_key`. The compiler prefers the one that takes `self` by value, if
/// its bound holds: `Display`.
#[derive(Debug)]
pub struct Keying<'a, K: ?Sized>(pub &'a K);

/// A key with `Display`.
pub trait KeyByDisplay {
    /// Returns the breaker of the key.
    fn of_key(self, site: &'static KeyedSite) -> CircuitBreaker;
}

impl<K: fmt::Display + ?Sized> KeyByDisplay for Keying<'_, K> {
    #[inline]
    fn of_key(self, site: &'static KeyedSite) -> CircuitBreaker {
        site.breaker(self.0)
    }
}

/// Any other key.
pub trait KeyByText {
    /// The type of the key.
    type Key: ?Sized;

    /// Returns the breaker of the key.
    fn of_key(&self, site: &'static KeyedSite) -> CircuitBreaker
    where
        Self::Key: IsKey;
}

impl<K: ?Sized> KeyByText for Keying<'_, K> {
    type Key = K;

    #[inline]
    fn of_key(&self, site: &'static KeyedSite) -> CircuitBreaker
    where
        K: IsKey,
    {
        site.breaker(self.0.text())
    }
}

/// A key without `Display`.
#[diagnostic::on_unimplemented(
    message = "`key` gives a value with `Display` or `AsRef<str>`, not `{Self}`",
    label = "has no text"
)]
pub trait IsKey {
    /// Returns the text of the key.
    fn text(&self) -> &str;
}

impl<K: AsRef<str> + ?Sized> IsKey for K {
    fn text(&self) -> &str {
        self.as_ref()
    }
}
