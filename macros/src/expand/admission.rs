//! The admission of a call, and the body behind it, polled under the permit.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::body::Body;
use crate::item::return_type::of_type;

/// Returns the shortest form: no fallback, every `Err` is a failure.
///
/// All that depends on the return type is in one call of the runtime. rustc spends time on each
/// part that it has to check in each function.
pub(super) fn simple(body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    let (of, admit, run) = match body.timeout {
        None => ("Recover", "admit", "run"),
        Some(_) => ("RecoverInTime", "admit_in_time", "run_within"),
    };
    let site = quote_spanned!(span=> &__SITE);
    let (admitted, run) = (of_type(&body.output, of, admit, &site), Ident::new(run, span));
    let (limit, future, pinned) = (limit(body), &body.future, pinned(body));
    quote_spanned! {span=>
        let __admitted = match #admitted {
            __p::Result::Ok(__admitted) => __admitted,
            __p::Result::Err(__answer) => return __answer,
        };
        #limit
        let __body = #future;
        let __answer = __p::#run(__admitted, #pinned).await;
        #[allow(clippy::implicit_return)]
        __answer
    }
}

/// Returns the form in which the body answers every admitted call.
///
/// So nothing depends on how the call ended.
///
/// `on_rejection` answers a rejection; `after_admission` runs next.
pub(super) fn guarded(body: &Body, on_rejection: &TokenStream, after_admission: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let (guard, classifier) = if body.timeout.is_some() {
        // This classifier also makes the answer to a call that timed out.
        let classifier = of_type(
            &body.output,
            "RecoverTimedOut",
            "timed_judge",
            &TokenStream::new(),
        );
        ("guard_within", classifier)
    } else {
        ("guard", body.classifier.clone())
    };
    let (guard, future, pinned) = (Ident::new(guard, span), &body.future, pinned(body));
    let (permit, limit) = (permit(&quote_spanned!(span=> return #on_rejection;)), limit(body));
    quote_spanned! {span=>
        #permit
        #after_admission
        #limit
        let __body = #future;
        let __answer = __p::#guard(__permit, #pinned, #classifier).await;
        #[allow(clippy::implicit_return)]
        __answer
    }
}

/// Returns the form that depends on how the call ended.
///
/// `on_rejection` answers a rejection; `after_admission` runs next; `on_failure` may answer a
/// failure or a timeout.
pub(super) fn with_verdict(
    body: &Body,
    on_rejection: &TokenStream,
    after_admission: &TokenStream,
    on_failure: &TokenStream,
) -> TokenStream {
    let span = Span::mixed_site();
    let verdict = verdict(body);
    let output = &body.output;
    let timed_out = body.timeout.is_some().then(|| {
        quote_spanned! {span=>
            __p::Ended::TimedOut(__late) => {
                #on_failure
                return __p::recover_timed_out::<#output>(__late);
            }
        }
    });
    let answer = if body.never_returns {
        quote_spanned!(span=> match __answer {})
    } else {
        quote_spanned!(span=> __answer)
    };
    // This arm comes first, because the general arm below also matches a failure.
    let failed = (!on_failure.is_empty()).then(|| {
        quote_spanned! {span=>
            __p::Ended::Failed(__failed) => {
                #on_failure
                __failed
            }
        }
    });
    let allow = body.never_returns.then(|| quote!(#[allow(unreachable_code)]));
    let permit = permit(on_rejection);
    quote_spanned! {span=>
        #allow
        #permit
        #after_admission
        #verdict
        #[allow(clippy::implicit_return)]
        match __verdict {
            #failed
            __p::Ended::Answer(__answer) | __p::Ended::Failed(__answer) => #answer,
            #timed_out
        }
    }
}

/// Returns `let __verdict = …`: the body, polled and classified.
pub(super) fn verdict(body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    let protect = match body.timeout {
        None => "protect",
        Some(_) => "protect_within",
    };
    let (protect, future, pinned) = (Ident::new(protect, span), &body.future, pinned(body));
    let (recorder, limit) = (&body.recorder, limit(body));
    quote_spanned! {span=>
        #limit
        let __body = #future;
        let __verdict = __p::#protect(__permit, #pinned, #recorder).await;
    }
}

/// Returns `let __permit = …;`.
///
/// If the call is rejected, `on_rejection` answers it and returns.
///
/// Neither the body nor `on_rejection` stands in an arm of the `match`. The future would hold the
/// matched value while they run.
fn permit(on_rejection: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        let __permit = '__admitted: {
            let __rejected = match __SITE.admit() {
                __p::Result::Ok(__permit) => break '__admitted __permit,
                __p::Result::Err(__rejected) => __rejected,
            };
            #on_rejection
        };
    }
}

/// Returns `let __limit = …;`, if the function has a timeout.
///
/// Configuration may set another one in its place.
fn limit(body: &Body) -> Option<TokenStream> {
    let timeout = body.timeout.as_ref()?;
    Some(quote_spanned!(Span::mixed_site()=> let __limit = __SITE.limit(#timeout);))
}

/// Returns `__body`, pinned, and its timeout.
///
/// An unfinished body could not be an argument of `pin!`, so it has a name.
fn pinned(body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    if body.timeout.is_some() {
        quote_spanned!(span=> __p::pin!(__p::within(__limit, __p::pin!(__body))), __limit)
    } else {
        quote_spanned!(span=> __p::pin!(__body))
    }
}
