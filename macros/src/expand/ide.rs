//! Code for editors only: completion, documentation, names in values.
//!
//! A module of the runtime has one documented constant for each argument. The generated code
//! imports the keys from there, each with its own span. rustc parses this code but never compiles
//! it, so it must be valid in an import.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use crate::plan::Plan;
use crate::tokens::is;

/// Returns statements of the function.
///
/// There, `Self::` resolves, also in an `impl` block.
pub(super) fn hints(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let keys = plan.typed_keys.iter().filter(|key| !is_keyword(key));
    let values = &plan.typed_values;
    let values = quote!(#(#values;)*);
    let values = (!values.is_empty()).then(|| quote!(#[cfg(rust_analyzer)] { #values }));
    let keys = is_absolute(krate).then(|| {
        quote! {
            #[cfg(rust_analyzer)]
            const _: () = {
                mod keys {
                    use #krate::__private::ide::*;
                    use self::{ #(#keys as _,)* };
                }
            };
        }
    });
    // One block for both, and no item outside of a `cfg`: rustc spends time on each of them in each
    // function.
    quote! {
        #[allow(unexpected_cfgs)]
        { #keys #values }
    }
}

fn is_keyword(key: &Ident) -> bool {
    syn::parse_str::<Ident>(&key.unraw().to_string()).is_err()
}

/// Whether the path means the same inside the generated module.
///
/// A relative path does not.
fn is_absolute(krate: &TokenStream) -> bool {
    krate
        .clone()
        .into_iter()
        .next()
        .is_some_and(|first| is(&first, ':') || first.to_string() == "crate")
}
