//! Hints that only editors see: completion and documentation of the arguments, and the names in some of their values.
//!
//! The keys are imported, under their own spans, from a module whose constants carry the documentation. rustc never
//! compiles this, but it parses it, so only what can stand in an import may get here.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use crate::args::Args;
use crate::args::cursor::is;

/// Statements of the function: there `Self::` resolves, and they are legal in an `impl` block too.
pub(crate) fn hints(args: &Args, krate: &TokenStream) -> TokenStream {
    let keys = args.typed_keys.iter().filter(|key| !is_keyword(key));
    let values = &args.typed_values;
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
    // One block for both, and no item where rustc looks: each would cost it time in each function.
    quote! {
        #[allow(unexpected_cfgs)]
        { #keys #values }
    }
}

fn is_keyword(key: &Ident) -> bool {
    syn::parse_str::<Ident>(&key.unraw().to_string()).is_err()
}

/// A relative path would mean something else inside of the module.
fn is_absolute(krate: &TokenStream) -> bool {
    krate
        .clone()
        .into_iter()
        .next()
        .is_some_and(|first| is(&first, ':') || first.to_string() == "crate")
}
