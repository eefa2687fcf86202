//! After a mistake: the function as it was, so that callers and editors still know it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{FnArg, Pat};

use crate::args::Args;
use crate::diagnostics::Errors;
use crate::expand::braces;
use crate::expand::fallback::call;
use crate::expand::ide;
use crate::item::Item;
use crate::plan::{Answer, Plan};

/// The function without a breaker, then the errors. Nothing of the runtime is named, because what it asks of the
/// return type may depend on the argument that is wrong.
pub(crate) fn function(item: &Item, plan: &Plan, args: &Args, errors: &Errors) -> TokenStream {
    let hints = ide::hints(args, &plan.krate);
    let fallback = match &plan.fallback {
        Answer::Path { path, .. } => mention(item, path),
        _ => TokenStream::new(),
    };
    let stream = item.body.stream();
    let body = braces(quote!(#hints #fallback #stream), &item.body);
    let (head, errors) = (item.head(), errors.to_tokens());
    quote!(#head #body #errors)
}

/// A call in dead code: the fallback is still used, and its arguments are still checked.
fn mention(item: &Item, path: &syn::ExprPath) -> TokenStream {
    let arguments = item.sig.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => {
            let word = receiver.self_token;
            quote!(#word)
        }
        FnArg::Typed(input) => {
            let cfgs = input.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
            match &*input.pat {
                Pat::Ident(pat) if pat.by_ref.is_none() => {
                    let name = &pat.ident;
                    quote!(#(#cfgs)* #name)
                }
                _ => quote!(#(#cfgs)* loop {}),
            }
        }
    });
    let call = call(path, arguments);
    let span = Span::mixed_site();
    quote_spanned! {span=>
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

/// An item that is no function to guard: as it was, then the errors.
pub(crate) fn verbatim(item: &TokenStream, errors: &Errors) -> TokenStream {
    let errors = errors.to_tokens();
    quote!(#item #errors)
}

/// The macro itself is wrong.
pub(crate) fn after_panic(item: &TokenStream) -> TokenStream {
    let span = Span::call_site();
    let error = quote_spanned! {span=>
        ::core::compile_error! { "`#[circuit_breaker]` failed on this function; please report it, with the code" }
    };
    quote!(#item #error)
}
