//! Parameters with a `#[cfg]`: the function is generated once for each case.
//!
//! The macro cannot evaluate a `#[cfg]`, and rustc allows none on the arguments of a call.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, FnArg};

use crate::item::Item;

/// Returns the function with and without its parameters of the first `#[cfg]`.
///
/// Each gets the attribute again, so a second `#[cfg]` is split when that one expands.
pub(crate) fn split(args: &TokenStream, krate: &TokenStream, item: &Item) -> Option<TokenStream> {
    let predicate = first_predicate(item)?;
    let is_meant = |attribute: &Attribute| {
        self::predicate(attribute).is_some_and(|other| other.to_string() == predicate.to_string())
    };
    let (mut with, mut without) = (item.clone(), item.clone());
    for input in &mut with.sig.inputs {
        if let FnArg::Typed(input) = input {
            input.attrs.retain(|attribute| !is_meant(attribute));
        }
    }
    without.sig.inputs.clear();
    for input in &item.sig.inputs {
        if !attributes(input).iter().any(is_meant) {
            without.sig.inputs.push(input.clone());
        }
    }
    Some(quote! {
        #[cfg(#predicate)]
        #[#krate::circuit_breaker(#args)]
        #with
        #[cfg(not(#predicate))]
        #[#krate::circuit_breaker(#args)]
        #without
    })
}

/// Returns the predicate of the first `#[cfg(…)]` of a parameter.
fn first_predicate(item: &Item) -> Option<TokenStream> {
    for input in &item.sig.inputs {
        let found = attributes(input).iter().find_map(predicate);
        if found.is_some() {
            return found;
        }
    }
    None
}

fn attributes(input: &FnArg) -> &[Attribute] {
    match input {
        FnArg::Typed(input) => &input.attrs,
        FnArg::Receiver(_) => &[],
    }
}

/// Returns the predicate in `#[cfg(…)]`.
fn predicate(attribute: &Attribute) -> Option<TokenStream> {
    match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.to_token_stream()),
        _ => None,
    }
}
