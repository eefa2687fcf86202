//! Items that are not functions: the keyword, and the message for it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;

use crate::tokens::is;

const METHODS: &str = "each method that calls the service";
const FUNCTION: &str = "the function that calls the service";

/// Finds the keyword of another item, and returns the message for it.
pub(super) fn find(tokens: &TokenStream) -> Option<(Span, String)> {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(word) = &token else {
            // An attribute, or the `(crate)` of a visibility.
            continue;
        };
        let next_is = |next: &TokenTree| matches!(next, TokenTree::Ident(next) if is_function_word(next));
        let (thing, place) = match word.unraw().to_string().as_str() {
            "fn" => return None,
            "pub" | "default" | "unsafe" | "async" | "extern" | "crate" => continue,
            "const" | "static" if tokens.peek().is_some_and(next_is) => continue,
            "impl" => ("an `impl` block", METHODS),
            "struct" => ("a struct", METHODS),
            "enum" => ("an enum", METHODS),
            "union" => ("a union", METHODS),
            "trait" => (
                "a trait",
                "each method of its implementations that calls the service",
            ),
            "mod" => ("a module", "each function in it that calls the service"),
            "macro_rules" => ("a macro", "the function that the macro makes"),
            "const" => ("a constant", FUNCTION),
            "use" => ("a `use`", FUNCTION),
            "static" => ("a static", FUNCTION),
            "type" => ("a type alias", FUNCTION),
            _ if tokens.peek().is_some_and(|next| is(next, '!') || is(next, ':')) => {
                let message = "the items of a macro call are not expanded yet; put `#[circuit_breaker]` on the \
                               function inside the macro";
                return Some((word.span(), message.to_owned()));
            }
            _ => return None,
        };
        let message = format!("`#[circuit_breaker]` guards a function, not {thing}; put it on {place}");
        return Some((word.span(), message));
    }
    None
}

fn is_function_word(word: &Ident) -> bool {
    ["fn", "async", "unsafe", "extern"]
        .iter()
        .any(|known| word == known)
}
