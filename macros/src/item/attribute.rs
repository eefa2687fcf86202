//! How the attributes were written: ours, of which rustc refuses two forms and asks the macro nevertheless, and one that
//! stands above.

use proc_macro2::{Span, TokenStream, TokenTree};

/// `#[circuit_breaker = "x"]` and `#![circuit_breaker(..)]`: everything is said already.
pub(crate) fn is_refused_by_rustc(args: &TokenStream) -> bool {
    let mut args = args.clone().into_iter();
    let is_one_literal = matches!((args.next(), args.next()), (Some(TokenTree::Literal(_)), None));
    is_inner() || (is_one_literal && is_key_and_value())
}

fn is_inner() -> bool {
    text().starts_with("#!")
}

fn is_key_and_value() -> bool {
    text().chars().find(|c| "=([{".contains(*c)) == Some('=')
}

/// The attribute above that has wrapped the body into an `async` block of its own, as in `#[tokio::test]`: what a macro
/// writes has the text of its call.
pub(crate) fn that_wrapped(body: &TokenStream) -> Option<String> {
    let written = body.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "async" => word.span().source_text(),
        _ => None,
    })?;
    let name = written
        .strip_prefix("#[")?
        .split(['(', '[', '{', '=', ']'])
        .next()?;
    Some(format!("#[{}]", name.trim()))
}

/// From `#` to `]`; empty where the compiler does not know.
fn text() -> String {
    let all = Span::call_site().source_text().unwrap_or_default();
    all.strip_prefix("#[").map_or_else(|| all.clone(), str::to_owned)
}
