//! After a mistake: the function as it was, so that callers and editors still know it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::args::Args;
use crate::diagnostics::Errors;
use crate::expand::braces;
use crate::ide;
use crate::item::Item;
use crate::plan::Plan;

/// The function without a breaker, then the errors. Nothing of the runtime is named, because what it asks of the
/// return type may depend on the argument that is wrong.
pub(crate) fn function(item: &Item, plan: &Plan, args: &Args, errors: &Errors) -> TokenStream {
    let hints = ide::hints(args, &plan.krate);
    let (head, errors) = (item.head(), errors.to_tokens());
    let body = braces(
        {
            let stream = item.body.stream();
            quote!(#hints #stream)
        },
        &item.body,
    );
    quote!(#head #body #errors)
}

/// An item that is no function to guard: as it was, then the errors.
pub(crate) fn verbatim(item: TokenStream, errors: &Errors) -> TokenStream {
    let errors = errors.to_tokens();
    quote!(#item #errors)
}

/// The macro itself is wrong.
pub(crate) fn after_panic(item: TokenStream) -> TokenStream {
    let span = proc_macro2::Span::call_site();
    let error = quote_spanned! {span=>
        ::core::compile_error! { "`#[circuit_breaker]` failed on this function; please report it, with the code" }
    };
    quote!(#item #error)
}
