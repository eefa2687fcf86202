//! The error of a refused call, made by the value of `error`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::Expr;

use crate::expand::admission;
use crate::expand::body::Body;
use crate::expand::flow::Flow;
use crate::plan::ErrorMaker;
use crate::tokens::first_span;

/// Returns `let __refuse = …;`, unless the value uses parameters.
///
/// It is a function then, which a rejection and a timeout can both call.
pub(super) fn function(error: &ErrorMaker, body: &Body) -> Option<TokenStream> {
    if error.capturing.is_some() {
        return None;
    }
    let (span, output, value) = (Span::mixed_site(), &body.output, &error.expr);
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

/// Returns the method on the span of the value, where rustc reports another return type.
fn method(name: &str, value: &Expr) -> Ident {
    let last = value.to_token_stream().into_iter().last();
    let span = last.map_or_else(Span::call_site, |last| first_span(&last));
    Ident::new(name, Span::call_site().located_at(span))
}

/// Returns the form in which the closure of `error` gets the arguments after a timeout.
///
/// It stands at one place, behind the rejection and the timeout. rustc would report each mistake in
/// it twice.
pub(super) fn after_timeout(flow: &Flow<'_>, closure: &Expr, classifier: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let (body, cloned) = (flow.body, &flow.arguments.cloned);
    let served = flow.served();
    let (on_failure, before_saving) = if flow.plan.fallback_on_failure {
        (served, TokenStream::new())
    } else {
        (TokenStream::new(), served)
    };
    let on_rejection = match &flow.plan.fallback {
        Some(fallback) => {
            let answer = flow.fallback_of_rejected(fallback);
            quote_spanned!(span=> { #before_saving return #answer; })
        }
        None => {
            let save = cloned.save();
            quote_spanned! {span=> {
                #before_saving
                let __saved = ();
                #save
                break '__refused (__fusebox::Refusal::Rejected(__rejected), __saved);
            }}
        }
    };
    let permit = admission::permit(body, &on_rejection);
    let prepared = flow.after_admission();
    let (save, (boxed, unboxed)) = (cloned.save_and_clone(), cloned.boxed());
    let (reborrow, restore) = (cloned.reborrow(), cloned.restore());
    let ended = admission::ended(body);
    let failed = (!on_failure.is_empty()).then(|| {
        quote_spanned!(span=> __fusebox::Ended::Failed(__failed) => {
            #on_failure
            return __failed;
        })
    });
    let answer = answer(closure, &quote_spanned!(span=> __refusal), &body.output);
    // No fallback answers here, so both arms have the same type.
    quote_spanned! {span=>
        let (__refusal, __saved): (__fusebox::Refusal, _) = '__refused: {
            #permit
            #prepared
            #classifier
            let __saved = ();
            #save
            #boxed
            let __answer = {
                #reborrow
                #ended
                __answer
            };
            match __answer {
                #failed
                __fusebox::Ended::Answer(__answer) | __fusebox::Ended::Failed(__answer) => return __answer,
                __fusebox::Ended::TimedOut(__late) => (__fusebox::Refusal::TimedOut(__late), #unboxed),
            }
        };
        #on_failure
        #restore
        #[allow(clippy::implicit_return)]
        #answer
    }
}
