//! The original item in the output, so that its callers always compile.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::diagnostics::errors::Errors;

/// Returns the item, followed by the errors.
pub(crate) fn with_errors(item: &TokenStream, errors: &Errors) -> TokenStream {
    let errors = errors.to_tokens();
    quote!(#item #errors)
}

/// Returns the item with one error that requests a bug report.
pub(crate) fn after_panic(item: &TokenStream) -> TokenStream {
    let span = Span::call_site();
    let error = quote_spanned! {span=>
        ::core::compile_error! { "`#[circuit_breaker]` failed on this function; please report it, with the code" }
    };
    quote!(#item #error)
}
