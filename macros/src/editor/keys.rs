//! The keys: completion and documentation.
//!
//! A module of the runtime has one documented constant for each argument. The output imports the
//! keys from there, each with its own span.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

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
    let (mut written, mut unfinished) = (Vec::new(), Vec::new());
    for typed in &plan.typed {
        if is_keyword(&typed.ident) {
            continue;
        }
        if typed.is_named() {
            written.push(&typed.ident);
        } else {
            unfinished.push(&typed.ident);
        }
    }
    let krate_again = elsewhere(krate.clone());
    if !is_absolute(krate) {
        return quote! {
            const _: () = {
                use #krate::__private::ide::{ #(#unfinished as _,)* };
                use #krate_again::__private::ide::{ #(#written as _,)* };
            };
        };
    }
    let others = others(plan);
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
fn others(plan: &Plan) -> Vec<Ident> {
    let mut others = Vec::new();
    for &key in Key::ALL {
        let is_written = plan
            .typed
            .iter()
            .any(|typed| typed.key == Some(key) && typed.is_named());
        if key != Key::Crate && (key.repeats() || !is_written) {
            others.push(Ident::new(key.name(), Span::call_site()));
        }
    }
    others
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
