//! The name of a breaker: a string or the path of a constant.

use proc_macro2::{TokenStream, TokenTree};

use crate::args::value::literal;
use crate::diagnostics::Errors;
use crate::limits::MAX_NAME_CHARS;

/// The name, as it was written.
#[derive(Clone)]
pub(crate) enum Name {
    Text(syn::LitStr),
    Path(syn::Path),
}

pub(super) fn parse(tokens: &[TokenTree], errors: &mut Errors) -> Option<Name> {
    if let Some(path) = literal::path(tokens) {
        return Some(Name::Path(path));
    }
    let Some(text) = literal::string(tokens) else {
        let message = format!(
            "`name` takes a string; write `name = \"{}\"`",
            without_quotes(tokens)
        );
        errors.push(literal::span(tokens), message);
        return None;
    };
    let value = text.value();
    let message = if value.trim().is_empty() {
        "`name` is empty; write for example `name = \"orders\"`".to_owned()
    } else if value.chars().any(char::is_control) {
        "`name` holds a character that cannot be printed".to_owned()
    } else if value.chars().count() > MAX_NAME_CHARS {
        format!("`name` is too long; the limit is {MAX_NAME_CHARS} characters")
    } else {
        return Some(Name::Text(text));
    };
    errors.push(text.span(), message);
    None
}

/// Returns the name in `b"orders"` or `[orders]`, for a suggestion.
fn without_quotes(tokens: &[TokenTree]) -> String {
    let all: TokenStream = tokens.iter().cloned().collect();
    let all = all.to_string();
    match all.split('"').collect::<Vec<_>>().as_slice() {
        [_, inside, _] => (*inside).to_owned(),
        _ => all.replace(['"', ' '], ""),
    }
}
