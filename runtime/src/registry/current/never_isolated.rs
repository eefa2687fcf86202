//! No code is isolated.

use once_cell::sync::OnceCell;

use crate::registry::Registry;

#[inline]
pub(crate) const fn current() -> Option<Registry> {
    None
}

/// One value, made on first use.
#[derive(Debug)]
pub(crate) struct PerRegistry<T>(OnceCell<T>);

impl<T> PerRegistry<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceCell::new())
    }

    /// Returns the value, or makes it.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call: 64 instructions of a healthy call become 83"
    )]
    #[inline(always)]
    pub(crate) fn get_or_make(&self, _: Option<&Registry>, make: impl FnOnce(&Registry) -> T) -> &T {
        match self.0.get() {
            Some(value) => value,
            None => self.make(make),
        }
    }

    /// Makes the value outside the cell.
    ///
    /// `make` may run user code, which may call this function again.
    #[cold]
    fn make(&self, make: impl FnOnce(&Registry) -> T) -> &T {
        let value = make(Registry::global());
        self.0.get_or_init(|| value)
    }
}
