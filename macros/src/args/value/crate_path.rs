//! The path of the crate `fusebox`, for a renamed dependency.

use proc_macro2::TokenTree;

use crate::args::value::literal;
use crate::diagnostics::Errors;

pub(super) fn parse(tokens: &[TokenTree], errors: &mut Errors) -> Option<syn::Path> {
    let found = literal::path(tokens);
    if found.is_none() {
        let message = match literal::string(tokens) {
            Some(text) => {
                let path = text.value();
                format!("`crate` takes a path, not a string; write `crate = {path}`")
            }
            None => "`crate` takes a path, as in `crate = my::fusebox`".to_owned(),
        };
        errors.push(literal::span(tokens), message);
    }
    found
}
