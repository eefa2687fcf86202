//! Return types as they may stand in the body: `impl Trait` has no name there.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::Type;

use crate::tokens::is;

/// Replaces each `impl Trait + Other` by `_`, at any depth.
pub(crate) fn without_impl(ty: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = ty.into_iter().collect();
    let mut found = TokenStream::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(word) if word == "impl" => {
                at = end_of_bounds(&tokens, at);
                found.extend([TokenTree::Ident(proc_macro2::Ident::new("_", word.span()))]);
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_impl(group.stream()));
                inner.set_span(group.span());
                found.extend([TokenTree::Group(inner)]);
            }
            other => found.extend([other.clone()]),
        }
    }
    found
}

/// The type in parentheses and in the group of a `$t:ty`: rustc sees it begin and end there.
pub(crate) fn without_parentheses(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Paren(outer) => &outer.elem,
            Type::Group(outer) => &outer.elem,
            _ => return ty,
        };
    }
}

/// Whether an `impl Trait` was in it.
pub(crate) fn is_erased(ty: &TokenStream) -> bool {
    ty.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "_",
        TokenTree::Group(group) => is_erased(&group.stream()),
        _ => false,
    })
}

/// Behind the bounds: at a `,`, `;` or `>` that does not belong to them.
fn end_of_bounds(tokens: &[TokenTree], from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        let is_arrow = at > 0 && is(token, '>') && tokens.get(at - 1).is_some_and(|before| is(before, '-'));
        if is(token, '<') {
            depth += 1;
        } else if is(token, '>') && !is_arrow {
            if depth == 0 {
                break;
            }
            depth -= 1;
        } else if depth == 0 && (is(token, ',') || is(token, ';') || is(token, '=')) {
            break;
        }
        at += 1;
    }
    at
}
