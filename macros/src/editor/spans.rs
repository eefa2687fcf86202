//! The spans of tokens, which an editor maps to the source.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};

/// Returns the tokens without their spans in the source of the user.
///
/// At those spans, an editor would show a second type or definition.
pub(super) fn elsewhere(tokens: TokenStream) -> TokenStream {
    let mut moved = Vec::new();
    for mut token in tokens {
        if let TokenTree::Group(group) = token {
            let mut group = Group::new(group.delimiter(), elsewhere(group.stream()));
            group.set_span(Span::call_site());
            moved.push(TokenTree::Group(group));
        } else {
            token.set_span(Span::call_site().resolved_at(token.span()));
            moved.push(token);
        }
    }
    moved.into_iter().collect()
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
