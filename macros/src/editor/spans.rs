//! The spans of tokens, which an editor maps to the source.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};

/// Returns the tokens without their spans in the source of the user.
///
/// At those spans, an editor would show a second type or definition.
pub(super) fn elsewhere(tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), elsewhere(group.stream()));
            moved.set_span(Span::call_site());
            TokenTree::Group(moved)
        }
        mut other => {
            other.set_span(Span::call_site().resolved_at(other.span()));
            other
        }
    });
    moved.collect()
}

/// Returns the name without its span in the source of the user.
pub(super) fn name_elsewhere(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::call_site());
    name
}

/// Returns a group with other tokens in it.
pub(super) fn regrouped(group: &Group, stream: TokenStream) -> TokenTree {
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span());
    TokenTree::Group(regrouped)
}
