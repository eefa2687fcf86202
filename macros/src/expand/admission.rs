//! Admission, and the body behind it, polled under the permit.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::expand::Body;
use crate::item::return_type::of_type;

/// A function without a fallback, whose errors are its failures: what depends on the return type is in one call of the
/// runtime, because each part that is checked in each function costs time.
pub(crate) fn entered(body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    let (of, admit, run) = match body.limit {
        None => ("Recover", "admit", "run"),
        Some(_) => ("RecoverInTime", "admit_in_time", "run_within"),
    };
    let site = quote_spanned!(span=> &__SITE);
    let (admitted, run) = (of_type(&body.ret, of, admit, &site), Ident::new(run, span));
    let (future, pinned) = (&body.future, pinned(body));
    quote_spanned! {span=>
        let __admitted = match #admitted {
            __p::Result::Ok(__admitted) => __admitted,
            __p::Result::Err(__refused) => return __refused,
        };
        let __body = #future;
        let __answer = __p::#run(__admitted, #pinned).await;
        #[allow(clippy::implicit_return)]
        __answer
    }
}

/// A function in which nobody asks what the judge said, with what answers a rejection.
pub(crate) fn guarded(body: &Body, refuse: &TokenStream, before: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let (guard, judge) = if body.limit.is_some() {
        // What judges a body that has a limit also says what comes of it when it is late.
        let judge = of_type(&body.ret, "RecoverTimedOut", "timed_judge", &TokenStream::new());
        ("guard_within", judge)
    } else {
        ("guard", body.judge.clone())
    };
    let (guard, future, pinned) = (Ident::new(guard, span), &body.future, pinned(body));
    let permit = permit(&quote_spanned!(span=> return #refuse;));
    quote_spanned! {span=>
        #permit
        #before
        let __body = #future;
        let __answer = __p::#guard(__permit, #pinned, #judge).await;
        #[allow(clippy::implicit_return)]
        __answer
    }
}

/// `let __permit = …;`, or what answers a rejection and returns.
///
/// Neither body nor fallback is in an arm of the `match`: what that looks at would be in the future as long as they run.
fn permit(refuse: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        let __permit = '__admitted: {
            let __rejected = match __SITE.admit() {
                __p::Result::Ok(__permit) => break '__admitted __permit,
                __p::Result::Err(__rejected) => __rejected,
            };
            #refuse
        };
    }
}

/// `__body` where it is polled, and behind it its limit. A name, because what is typed half would not be an argument of `pin!`.
fn pinned(body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    match &body.limit {
        None => quote_spanned!(span=> __p::pin!(__body)),
        Some(limit) => quote_spanned! {span=>
            __p::pin!(__p::within(#limit, __p::pin!(__body))), #limit
        },
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
    let permit = permit(refuse);
    quote_spanned! {span=>
        #never
        #permit
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
