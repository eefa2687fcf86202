//! The keys: completion and documentation.
//!
//! A module of the runtime has one documented constant for each argument. The output imports the
//! keys from there, each with its own span.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use crate::args::Typed;
use crate::args::key::Key;
use crate::editor::spans::elsewhere;
use crate::plan::Plan;
use crate::tokens::is;

/// Returns a constant that imports the keys.
///
/// In a `use` of a module, an editor proposes the items of the module. This module has the keys
/// that are not written yet, so the words that the user is still typing are imported from it. Their
/// import comes first, because the tokens before the cursor must not depend on whether its word is
/// complete.
///
/// If the path of the crate is relative, it does not resolve inside that module, so an editor then
/// proposes all keys.
pub(super) fn imports(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let keys = plan.typed.iter().filter(|typed| !is_keyword(&typed.ident));
    let (named, unfinished): (Vec<_>, Vec<_>) = keys.partition(|typed| typed.is_named());
    let unfinished = unfinished.into_iter().map(|typed| &typed.ident);
    let written = named.iter().map(|typed| &typed.ident);
    let krate_again = elsewhere(krate.clone());
    if !is_absolute(krate) {
        return quote! {
            const _: () = {
                use #krate::__private::ide::{ #(#unfinished as _,)* };
                use #krate_again::__private::ide::{ #(#written as _,)* };
            };
        };
    }
    let others = others(&named);
    quote! {
        const _: () = {
            mod keys {
                use self::{ #(#unfinished as _,)* };
                use #krate::__private::ide::{ #(#written as _,)* };
                use #krate_again::__private::ide::{ #(#others,)* };
            }
        };
    }
}

/// Returns the keys that may still be written.
fn others(named: &[&Typed]) -> Vec<Ident> {
    let is_open = |key: &&Key| key.repeats() || !named.iter().any(|typed| typed.key == Some(**key));
    let open = Key::ALL.iter().filter(|key| **key != Key::Crate).filter(is_open);
    open.map(|key| Ident::new(key.name(), Span::call_site()))
        .collect()
}

fn is_keyword(key: &Ident) -> bool {
    syn::parse_str::<Ident>(&key.unraw().to_string()).is_err()
}

/// Returns whether the path means the same inside the generated module.
///
/// A relative path does not.
fn is_absolute(krate: &TokenStream) -> bool {
    krate
        .clone()
        .into_iter()
        .next()
        .is_some_and(|first| is(&first, ':') || first.to_string() == "crate")
}
