//! `"rejection"` or `"failure"`: which calls the fallback answers.

use proc_macro2::{TokenStream, TokenTree};

use crate::args::value::literal;
use crate::diagnostics::Errors;

/// Returns whether the fallback also answers failures.
pub(super) fn parse(tokens: &[TokenTree], errors: &mut Errors) -> Option<bool> {
    let value = literal::string(tokens).map(|text| text.value());
    match value.as_deref() {
        Some("rejection") => return Some(false),
        Some("failure") => return Some(true),
        _ => {}
    }
    let written: TokenStream = tokens.iter().cloned().collect();
    let written = value.unwrap_or_else(|| written.to_string()).to_lowercase();
    let meant = if written.starts_with("fail") || written.starts_with("err") {
        "; did you mean `\"failure\"`?"
    } else if written.starts_with("rej") || written.starts_with("open") {
        "; did you mean `\"rejection\"`?"
    } else {
        ""
    };
    let message = format!("`fallback_on` is `\"rejection\"` or `\"failure\"`{meant}");
    errors.push(literal::span(tokens), message);
    None
}
