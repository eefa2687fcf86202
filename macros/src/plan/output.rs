//! The type of the guarded block, and the arguments that it requires.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{GenericArgument, PathArguments, PathSegment, ReturnType, Type};

use crate::args::Args;
use crate::args::key::Key;
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::item::return_type::{has_impl, is_stream, without_impl, without_parentheses};

/// Returns the type, or `None` for `-> !`.
///
/// And whether `_` stands for a part of it.
pub(super) fn from(args: &Args, item: &Item, errors: &mut Errors) -> (Option<TokenStream>, bool) {
    let has_fallback = args.is_typed(Key::Fallback);
    let name = &item.sig.ident;
    let Some(ty) = written(item) else {
        if !has_fallback || !has_failures(args) {
            let message = format!(
                "`{name}` does not return a `Result`, so it needs `failure = <pattern>` (which return values are \
                 failures) and a `fallback` (the answer to a rejected call)"
            );
            errors.push(name.span(), message);
        }
        return (Some(quote!(())), false);
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
        let ty = quote!(#ty);
        let is_erased = has_impl(&ty);
        let ty = if is_erased { without_impl(ty) } else { ty };
        return (Some(ty), is_erased);
    };
    if !has_fallback {
        let message =
            format!("`{name}` never returns, so it needs a `fallback`, which answers rejected calls");
        errors.push(never.bang_token.spans[0], message);
    }
    (None, false)
}

/// Returns whether the function returns `!`.
pub(super) fn never_returns(item: &Item) -> bool {
    written(item).is_some_and(|ty| matches!(without_parentheses(ty), Type::Never(_)))
}

/// Returns whether the function returns more than `()`.
pub(super) fn has_value(item: &Item) -> bool {
    written(item).is_some() && !never_returns(item)
}

/// Returns the last name of `E` in `Result<T, E>`.
pub(super) fn error_name(item: &Item) -> Option<&Ident> {
    let result = last_segment(written(item)?).filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &result.arguments else {
        return None;
    };
    match arguments.args.iter().nth(1)? {
        GenericArgument::Type(error) => Some(&last_segment(error)?.ident),
        _ => None,
    }
}

/// Returns the return type, if there is one.
fn written(item: &Item) -> Option<&Type> {
    match (&item.block, &item.sig.output) {
        (Some(block), _) => Some(&block.output),
        (None, ReturnType::Type(_, ty)) => Some(ty),
        (None, ReturnType::Default) => None,
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match without_parentheses(ty) {
        Type::Path(ty) => ty.path.segments.last(),
        _ => None,
    }
}

fn has_failures(args: &Args) -> bool {
    args.is_typed(Key::Failure) || args.is_typed(Key::Classify)
}
