//! The error of a refused call, made by the value of `error`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::Expr;

use crate::plan::ErrorMaker;
use crate::tokens::first_span;

/// Returns `let __refuse = …;`, unless the value uses parameters.
///
/// Then it is a function, which a rejection and a timeout can both call.
pub(super) fn function(error: &ErrorMaker, output: &TokenStream) -> Option<TokenStream> {
    if error.capturing.is_some() {
        return None;
    }
    let (span, value) = (Span::mixed_site(), &error.expr);
    if let Expr::Closure(_) = value {
        let method = method("error", value);
        return Some(quote_spanned! {span=>
            #[allow(clippy::implicit_return)]
            let __refuse = __fusebox::Refusing.#method::<#output>(#value);
        });
    }
    let method = method("error_by", value);
    // rustc reports a value that is not a function on this `_`.
    let inferred = quote_spanned!(method.span()=> _);
    Some(quote_spanned!(span=> let __refuse = __fusebox::Refusing.#method::<#output, #inferred>(#value);))
}

/// Returns the answer that a closure over the parameters makes.
pub(super) fn answer(closure: &Expr, refusal: &TokenStream, output: &TokenStream) -> TokenStream {
    let method = method("answer", closure);
    quote_spanned! {Span::mixed_site()=> {
        #[allow(clippy::implicit_return, clippy::let_unit_value)]
        let __answer = __fusebox::Refusing.#method::<#output>(#refusal, #closure);
        #[allow(clippy::implicit_return)]
        __answer
    }}
}

/// Returns the method on the span of the value.
///
/// There, rustc reports a return type that is not a `Result`.
fn method(name: &str, value: &Expr) -> Ident {
    let last = value.to_token_stream().into_iter().last();
    let span = last.map_or_else(Span::call_site, |last| first_span(&last));
    Ident::new(name, Span::call_site().located_at(span))
}
