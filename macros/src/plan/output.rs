//! The type of the guarded block, and the arguments that it requires.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ReturnType, Type};

use crate::args::Args;
use crate::args::key::Key;
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::item::return_type::{is_stream, without_impl, without_parentheses};

/// Returns the type, or `None` for `-> !`.
pub(super) fn from(args: &Args, item: &Item, errors: &mut Errors) -> Option<TokenStream> {
    let has_fallback = args.get(Key::Fallback).is_some();
    let name = &item.sig.ident;
    let ty = match (&item.block, &item.sig.output) {
        (Some(block), _) => &block.output,
        (None, ReturnType::Type(_, ty)) => &**ty,
        (None, ReturnType::Default) => {
            if !has_fallback || !has_failures(args) {
                let message = format!(
                    "`{name}` does not return a `Result`, so it needs `failure = <pattern>` (which return values are \
                     failures) and a `fallback` (the answer to a rejected call)"
                );
                errors.push(name.span(), message);
            }
            return Some(quote!(()));
        }
    };
    let ty = without_parentheses(ty);
    if is_stream(ty) {
        let first = quote!(#ty).into_iter().next();
        let message = format!(
            "`{name}` returns a stream, which fails item by item; return a `Result` with the stream to guard its \
             opening, and guard the items with `fusebox::stream`"
        );
        errors.push(first.map_or_else(|| name.span(), |first| first.span()), message);
    }
    let Type::Never(never) = ty else {
        return Some(without_impl(quote!(#ty)));
    };
    if !has_fallback {
        let message =
            format!("`{name}` never returns, so it needs a `fallback`, which answers rejected calls");
        errors.push(never.bang_token.spans[0], message);
    }
    None
}

fn has_failures(args: &Args) -> bool {
    args.get(Key::Failure).or(args.get(Key::Classify)).is_some()
}
