//! The return type in generated code: `_` stands for each `impl Trait`.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::{GenericArgument, PathArguments, Type, TypeParamBound};

use crate::tokens::is;

/// Returns whether the tokens contain an `impl Trait`.
pub(crate) fn has_impl(ty: &TokenStream) -> bool {
    ty.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "impl",
        TokenTree::Group(group) => has_impl(&group.stream()),
        _ => false,
    })
}

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
                found.extend([TokenTree::Ident(Ident::new("_", word.span()))]);
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

/// Returns the type without parentheses and invisible groups.
///
/// rustc reports errors about the inner type, so the spans must start and end there.
pub(crate) fn without_parentheses(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Paren(outer) => &outer.elem,
            Type::Group(outer) => &outer.elem,
            _ => return ty,
        };
    }
}

/// Returns whether the type is a stream: `impl Stream`, `BoxStream` and the
/// like.
pub(crate) fn is_stream(ty: &Type) -> bool {
    let is_bound = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| last.ident == "Stream" || last.ident == "TryStream")
        }
        _ => false,
    };
    match without_parentheses(ty) {
        Type::ImplTrait(ty) => ty.bounds.iter().any(is_bound),
        Type::TraitObject(ty) => ty.bounds.iter().any(is_bound),
        Type::Path(ty) => ty.path.segments.last().is_some_and(|last| {
            let is_pointer = last.ident == "Pin" || last.ident == "Box";
            last.ident == "BoxStream"
                || last.ident == "LocalBoxStream"
                || (is_pointer && type_arguments(last).into_iter().any(is_stream))
        }),
        _ => false,
    }
}

/// Returns the types between `<` and `>`.
pub(super) fn type_arguments(segment: &syn::PathSegment) -> Vec<&Type> {
    let mut types = Vec::new();
    if let PathArguments::AngleBracketed(angle) = &segment.arguments {
        for argument in &angle.args {
            if let GenericArgument::Type(ty) = argument {
                types.push(ty);
            }
        }
    }
    types
}

/// Returns `<RET as __fusebox::of>::method::<>(argument)`.
///
/// Its first and last tokens have the spans of the type.
///
/// If the type does not implement the trait, rustc reports the type and then the whole call. The
/// second report has the same span as the first, so rustc drops it.
pub(crate) fn of_type(ret: &TokenStream, of: &str, method: &str, argument: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let (of, method) = (Ident::new(of, span), Ident::new(method, span));
    let (first, last) = (ret.clone().into_iter().next(), ret.clone().into_iter().last());
    let at = |token: Option<TokenTree>| token.map_or(span, |token| token.span());
    let mut open = Punct::new('<', Spacing::Alone);
    open.set_span(at(first));
    let mut close = Punct::new('>', Spacing::Alone);
    close.set_span(at(last));
    let mut call = Group::new(Delimiter::Parenthesis, argument.clone());
    call.set_span(close.span());
    quote_spanned!(span=> #open #ret as __fusebox::#of>::#method::<#close #call)
}

/// Returns the position after the bounds of an `impl`.
///
/// That is a `,`, `;`, `=` or `>` that does not belong to them.
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
