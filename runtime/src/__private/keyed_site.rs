//! The static of one annotated function that has one breaker per key.

use std::fmt;

use crate::{
    breaker::CircuitBreaker,
    registry::{
        Declaration, Key, KeyedBreakers, by_display,
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
    /// Returns the call site of this declaration.
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

    /// Returns the group in the current registry.
    #[inline]
    fn group(&'static self) -> &'static KeyedBreakers {
        let current = current::current();
        let make = |registry: &crate::Registry| registry.resolve_keyed(&self.declaration);
        self.breakers.get_or_make(current.as_ref(), make)
    }
}

/// The value of `key`, where the user wrote it.
///
/// Three traits have a method `of_key`, and generated code calls `(&Keying(&key)).of_key(…)`. The
/// compiler takes the first of these whose bound holds:
///
/// 1. [`KeyAsItIs`], because its receiver is `&Keying`, as in the call.
/// 2. [`KeyByDisplay`], because its receiver is one reference more.
/// 3. [`KeyByText`], because its receiver is one reference less.
#[derive(Debug)]
pub struct Keying<'a, K: ?Sized>(pub &'a K);

impl<K: ?Sized> Clone for Keying<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: ?Sized> Copy for Keying<'_, K> {}

/// A key as [`KeyedBreakers::get`] takes it.
pub trait KeyAsItIs {
    /// Returns the breaker of the key.
    fn of_key(&self, site: &'static KeyedSite) -> CircuitBreaker;
}

impl<K: Key + ?Sized> KeyAsItIs for Keying<'_, K> {
    #[inline]
    fn of_key(&self, site: &'static KeyedSite) -> CircuitBreaker {
        site.group().get(self.0)
    }
}

/// A key with `Display`.
pub trait KeyByDisplay {
    /// Returns the breaker of the key.
    fn of_key(&self, site: &'static KeyedSite) -> CircuitBreaker;
}

impl<K: fmt::Display + ?Sized> KeyByDisplay for &Keying<'_, K> {
    #[inline]
    fn of_key(&self, site: &'static KeyedSite) -> CircuitBreaker {
        site.group().get(by_display(self.0))
    }
}

/// Any other key.
pub trait KeyByText {
    /// The type of the key.
    type Key: ?Sized;

    /// Returns the breaker of the key.
    fn of_key(self, site: &'static KeyedSite) -> CircuitBreaker
    where
        Self::Key: IsKey;
}

impl<K: ?Sized> KeyByText for Keying<'_, K> {
    type Key = K;

    #[inline]
    fn of_key(self, site: &'static KeyedSite) -> CircuitBreaker
    where
        K: IsKey,
    {
        site.group().get(self.0.text())
    }
}

/// A key without `Display`.
#[diagnostic::on_unimplemented(
    message = "`key` gives a value with `Display` or `AsRef<str>`, not `{Self}`",
    label = "has no text",
    note = "for an `Option` of a value with `Display`, write `value.as_ref().map(fusebox::by_display)`"
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
