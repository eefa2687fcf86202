//! Items that are not functions: the keyword, and the message for it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;

use crate::tokens::is;

/// Finds the keyword of another item, and returns the message for it.
pub(super) fn find(tokens: &TokenStream) -> Option<(Span, String)> {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(word) = &token else {
            // An attribute, or the `(crate)` of a visibility.
            continue;
        };
        let next_is = |next: &TokenTree| matches!(next, TokenTree::Ident(next) if is_function_word(next));
        let thing = match word.unraw().to_string().as_str() {
            "fn" => return None,
            "pub" | "default" | "unsafe" | "async" | "extern" | "crate" => continue,
            "const" | "static" if tokens.peek().is_some_and(next_is) => continue,
            "macro_rules" => "a macro",
            "impl" => {
                let message = "`#[circuit_breaker]` cannot guard an `impl` block; put it on each `async fn` in the block";
                return Some((word.span(), message.to_owned()));
            }
            "const" => "a constant",
            "struct" => "a struct",
            "enum" => "an enum",
            "union" => "a union",
            "trait" => "a trait",
            "mod" => "a module",
            "use" => "a `use`",
            "static" => "a static",
            "type" => "a type alias",
            _ if tokens.peek().is_some_and(|next| is(next, '!') || is(next, ':')) => {
                let message = "the items of a macro call are not expanded yet; put `#[circuit_breaker]` on the \
                               `async fn` inside the macro";
                return Some((word.span(), message.to_owned()));
            }
            _ => return None,
        };
        let message = format!("`#[circuit_breaker]` guards an `async fn`; it cannot be placed on {thing}");
        return Some((word.span(), message));
    }
    None
}

fn is_function_word(word: &Ident) -> bool {
    ["fn", "async", "unsafe", "extern"]
        .iter()
        .any(|known| word == known)
}
