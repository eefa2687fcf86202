//! The source text of `#[circuit_breaker]` and of its neighbours.

use proc_macro2::{Span, TokenStream, TokenTree};

/// Returns whether rustc reports the form of the attribute itself.
///
/// It does so for `#[circuit_breaker = "x"]` and `#![circuit_breaker(..)]`. It still calls the
/// macro, which then must not report a second error.
pub(crate) fn is_reported_by_rustc(args: &TokenStream) -> bool {
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

/// Returns the attribute that moved the body into an `async` block.
///
/// `#[tokio::test]` does. The tokens that an attribute generates have the source text of that
/// attribute.
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

/// Returns the text of the attribute, if the compiler has it.
fn text() -> String {
    let all = Span::call_site().source_text().unwrap_or_default();
    all.strip_prefix("#[").map_or_else(|| all.clone(), str::to_owned)
}
