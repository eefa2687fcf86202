//! The values that are names: of the breaker, of the crate, of the moment at which the fallback answers.

use proc_macro2::{Span, TokenStream, TokenTree};

use super::Name;
use crate::args::cursor::first_span;
use crate::args::key::Key;
use crate::diagnostics::Errors;

const LONGEST_NAME: usize = 128;

/// A string literal, if that is all there is.
pub(super) fn string(tokens: &[TokenTree]) -> Option<syn::LitStr> {
    syn::parse2(tokens.iter().cloned().collect()).ok()
}

/// What `read` makes of a string; its error, or that of anything else, stands on the value.
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

/// A bare path, if that is all there is.
pub(super) fn path(tokens: &[TokenTree]) -> Option<syn::Path> {
    syn::parse2(tokens.iter().cloned().collect()).ok()
}

pub(super) fn span(tokens: &[TokenTree]) -> Span {
    tokens.first().map_or_else(Span::call_site, first_span)
}

/// `"orders"`, or the path of a constant.
pub(super) fn name(tokens: &[TokenTree], errors: &mut Errors) -> Option<Name> {
    if let Some(path) = path(tokens) {
        return Some(Name::Path(path));
    }
    let Some(text) = string(tokens) else {
        let all: TokenStream = tokens.iter().cloned().collect();
        let all = all.to_string();
        let written = match all.split('"').collect::<Vec<_>>().as_slice() {
            [_, inside, _] => (*inside).to_owned(),
            _ => all.replace(['"', ' '], ""),
        };
        errors.push(
            span(tokens),
            format!("`name` takes a string; write `name = \"{written}\"`"),
        );
        return None;
    };
    let value = text.value();
    let wrong = if value.trim().is_empty() {
        "`name` is empty; write for example `name = \"orders\"`".to_owned()
    } else if value.chars().any(char::is_control) {
        "`name` holds a character that cannot be printed".to_owned()
    } else if value.chars().count() > LONGEST_NAME {
        format!("`name` is too long; the limit is {LONGEST_NAME} characters")
    } else {
        return Some(Name::Text(text));
    };
    errors.push(text.span(), wrong);
    None
}

/// The path of the crate, for a renamed dependency.
pub(super) fn crate_path(tokens: &[TokenTree], errors: &mut Errors) -> Option<syn::Path> {
    let found = path(tokens);
    if found.is_none() {
        let message = match string(tokens) {
            Some(text) => {
                format!(
                    "`crate` takes a path, not a string; write `crate = {}`",
                    text.value()
                )
            }
            None => "`crate` takes a path, as in `crate = my::fusebox`".to_owned(),
        };
        errors.push(span(tokens), message);
    }
    found
}

/// `"rejection"` or `"failure"`: whether failures are answered too.
pub(super) fn fallback_on(tokens: &[TokenTree], errors: &mut Errors) -> Option<bool> {
    let value = string(tokens).map(|text| text.value());
    match value.as_deref() {
        Some("rejection") => return Some(false),
        Some("failure") => return Some(true),
        _ => {}
    }
    let written: TokenStream = tokens.iter().cloned().collect();
    let written = value.unwrap_or_else(|| written.to_string());
    let meant = if written.to_lowercase().starts_with("fail") || written.to_lowercase().starts_with("err") {
        "; did you mean `\"failure\"`?"
    } else if written.to_lowercase().starts_with("rej") || written.to_lowercase().starts_with("open") {
        "; did you mean `\"rejection\"`?"
    } else {
        ""
    };
    errors.push(
        span(tokens),
        format!("`fallback_on` is `\"rejection\"` or `\"failure\"`{meant}"),
    );
    None
}
