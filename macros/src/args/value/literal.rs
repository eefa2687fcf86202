//! Values that are one string literal or one path.

use proc_macro2::{Span, TokenTree};

use crate::args::key::Key;
use crate::diagnostics::Errors;
use crate::tokens::first_span;

/// Returns the string literal, if the value is one.
pub(super) fn string(tokens: &[TokenTree]) -> Option<syn::LitStr> {
    syn::parse2(tokens.iter().cloned().collect()).ok()
}

/// Returns the bare path, if the value is one.
pub(super) fn path(tokens: &[TokenTree]) -> Option<syn::Path> {
    syn::parse2(tokens.iter().cloned().collect()).ok()
}

/// Returns the span of the first token.
pub(super) fn span(tokens: &[TokenTree]) -> Span {
    tokens.first().map_or_else(Span::call_site, first_span)
}

/// Converts a string literal with `read`.
///
/// Its error, or the message of `not_a_string`, is reported on the value.
pub(super) fn read_string<T>(
    key: Key,
    tokens: &[TokenTree],
    errors: &mut Errors,
    read: fn(Key, &str) -> Result<T, String>,
    not_a_string: fn(Key, &[TokenTree]) -> String,
) -> Option<T> {
    let found = match string(tokens) {
        Some(text) => read(key, &text.value()),
        None => Err(not_a_string(key, tokens)),
    };
    found.map_err(|message| errors.push(span(tokens), message)).ok()
}
