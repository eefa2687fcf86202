//! The function without a breaker, for the case that an argument is wrong.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{FnArg, Pat};

use crate::args::value::Fallback;
use crate::expand::body::braces;
use crate::expand::fallback;
use crate::item::Item;
use crate::plan::Plan;

/// Returns the function as it was written, with a use of the fallback.
///
/// It names no item of the runtime. What the runtime requires of the return type may depend on the
/// argument that is wrong.
pub(crate) fn unguarded(plan: &Plan, item: &Item) -> TokenStream {
    let use_of_fallback = match &plan.fallback {
        Some(Fallback::Path(path)) => dead_call(item, path),
        _ => TokenStream::new(),
    };
    let stream = item.body.stream();
    let body = braces(quote!(#use_of_fallback #stream), &item.body);
    let head = item.head();
    quote!(#head #body)
}

/// Returns a call in dead code, so that rustc checks the arguments.
fn dead_call(item: &Item, path: &syn::ExprPath) -> TokenStream {
    let arguments = item.sig.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => {
            let word = receiver.self_token;
            quote!(#word)
        }
        FnArg::Typed(input) => match &*input.pat {
            Pat::Ident(pat) if pat.by_ref.is_none() => {
                let name = &pat.ident;
                quote!(#name)
            }
            _ => quote!(loop {}),
        },
    });
    let call = fallback::call(path, arguments);
    quote_spanned! {Span::mixed_site()=>
        #[allow(
            unreachable_code, clippy::empty_loop, clippy::let_underscore_future, clippy::diverging_sub_expression,
            clippy::used_underscore_binding
        )]
        if false {
            let _ = #call;
            loop {}
        }
    }
}
