//! Admission, and the body behind it, polled under the permit.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::Body;

/// A function without a fallback and without a timeout: what is behind the body is one call of the runtime, because each
/// part that is checked in each function costs time.
pub(crate) fn guarded(body: &Body, judge: &TokenStream) -> TokenStream {
    let (future, ret) = (&body.future, &body.ret);
    quote_spanned! {Span::mixed_site()=>
        let __permit = match __SITE.admit() {
            __p::Result::Ok(__permit) => __permit,
            __p::Result::Err(__rejected) => return __p::recover::<#ret>(__rejected),
        };
        #judge
        let __body = #future;
        let __answer = __p::guard(__permit, __p::pin!(__body), __judge).await;
        #[allow(clippy::implicit_return)]
        __answer
    }
}

/// Admission, and the body behind it.
pub(crate) fn admitted(
    body: &Body,
    refuse: &TokenStream,
    before: &TokenStream,
    served: &TokenStream,
) -> TokenStream {
    let span = Span::mixed_site();
    let verdict = protected(body);
    let ret = &body.ret;
    let timed_out = body.limit.is_some().then(|| {
        quote_spanned! {span=>
            __p::Verdict::TimedOut(__late) => {
                #served
                return __p::recover_timed_out::<#ret>(__late);
            }
        }
    });
    let answer = if body.never {
        quote_spanned!(span=> match __answer {})
    } else {
        quote_spanned!(span=> __answer)
    };
    // Before the other arm, which it makes unreachable for failures.
    let failed = (!served.is_empty()).then(|| {
        quote_spanned! {span=>
            __p::Verdict::Failed(__failed) => {
                #served
                __failed
            }
        }
    });
    let never = body.never.then(|| quote!(#[allow(unreachable_code)]));
    quote_spanned! {span=>
        #never
        let __permit = match __SITE.admit() {
            __p::Result::Ok(__permit) => __permit,
            __p::Result::Err(__rejected) => #refuse,
        };
        #before
        #verdict
        #[allow(clippy::implicit_return)]
        match __verdict {
            #failed
            __p::Verdict::Answer(__answer) | __p::Verdict::Failed(__answer) => #answer,
            #timed_out
        }
    }
}

/// `let __verdict = …`: the body, polled under the permit and judged.
pub(crate) fn protected(body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    let Body {
        future,
        settling,
        limit,
        ..
    } = body;
    match limit {
        None => quote_spanned! {span=>
            let __body = #future;
            let __body = __p::pin!(__body);
            let __verdict = __p::protect(__permit, __body, #settling).await;
        },
        Some(limit) => quote_spanned! {span=>
            let __body = #future;
            let __body = __p::pin!(__body);
            let __body = __p::pin!(__p::within(#limit, __body));
            let __verdict = __p::protect_within(__permit, __body, #limit, #settling).await;
        },
    }
}
