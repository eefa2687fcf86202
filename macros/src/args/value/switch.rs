//! `true` or `false`.

use proc_macro2::TokenTree;

use crate::args::key::Key;
use crate::args::value::literal;
use crate::diagnostics::Errors;

pub(super) fn parse(key: Key, tokens: &[TokenTree], errors: &mut Errors) -> Option<bool> {
    if let [TokenTree::Ident(ident)] = tokens {
        if ident == "true" {
            return Some(true);
        }
        if ident == "false" {
            return Some(false);
        }
    }
    let message = format!("`{0}` takes `true` or `false`, as in `{0} = true`", key.name());
    errors.push(literal::span(tokens), message);
    None
}
