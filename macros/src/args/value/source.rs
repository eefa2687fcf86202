//! The tokens that a value is parsed from.

use proc_macro2::TokenTree;

/// The tokens after an `=`, and where the value in them may end.
pub(crate) struct Source<'a> {
    pub(crate) tokens: &'a [TokenTree],
    /// How many tokens belong to a value that is one literal or path.
    pub(crate) simple_end: usize,
    /// How many tokens to skip if a value of another kind is broken.
    pub(crate) recovery: usize,
}
