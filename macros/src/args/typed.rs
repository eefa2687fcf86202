//! An argument as it was typed, right or wrong, for editors.

use proc_macro2::{Ident, TokenTree};

use crate::args::key::Key;

/// One argument, even if it is unfinished or wrong.
pub(crate) struct Typed {
    pub(crate) ident: Ident,
    /// `None` for an unknown name.
    pub(crate) key: Option<Key>,
    /// The tokens after the `=`. `None` if there is no `=`.
    pub(crate) value: Option<Vec<TokenTree>>,
}

impl Typed {
    /// Returns whether the name is typed in full and a `=` follows it.
    pub(crate) fn is_named(&self) -> bool {
        self.key.is_some() && self.value.is_some()
    }
}
