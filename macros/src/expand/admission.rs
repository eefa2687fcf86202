//! The admission of a call, and the body after it, polled under the permit.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::expand::body::Body;
use crate::item::return_type::of_type;

/// Returns the shortest form: no fallback, every `Err` is a failure.
///
/// All that depends on the return type is in one call of the runtime. rustc spends time on each
/// part that it has to check in each function.
pub(super) fn simple(body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    let (of, admit) = match body.timeout {
        None => ("Admit", "admit"),
        Some(_) => ("AdmitInTime", "admit_in_time"),
    };
    let site = quote_spanned!(span=> &__SITE);
    let admitted = of_type(&body.output, of, admit, &site);
    let (before, answer) = run(body, "run_admitted", &quote_spanned!(span=> __admitted), None);
    quote_spanned! {span=>
        let __admitted = match #admitted {
            __fusebox::Ok(__admitted) => __admitted,
            __fusebox::Err(__rejection) => return __fusebox::answer(__rejection),
        };
        #before
        return #answer;
    }
}

/// Returns the form in which the body answers every admitted call.
///
/// So nothing depends on how the call ended.
///
/// `on_rejection` answers a rejection; `after_admission` runs next.
pub(super) fn guarded(body: &Body, on_rejection: &TokenStream, after_admission: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let classifier = if body.timeout.is_some() {
        // This classifier also makes the answer to a call that timed out.
        of_type(
            &body.output,
            "RecoverTimedOut",
            "timed_classifier",
            &TokenStream::new(),
        )
    } else {
        body.classifier.clone()
    };
    let (before, answer) = run(body, "run", &quote_spanned!(span=> __permit), Some(&classifier));
    let permit = permit(body, &quote_spanned!(span=> return #on_rejection;));
    quote_spanned! {span=>
        #permit
        #after_admission
        #before
        #[allow(clippy::implicit_return)]
        #answer
    }
}

/// Returns the form that depends on how the call ended.
///
/// `on_rejection` answers a rejection; `after_admission` runs next; `on_failure` may answer a
/// failure or a timeout.
pub(super) fn by_end(
    body: &Body,
    on_rejection: &TokenStream,
    after_admission: &TokenStream,
    on_failure: &TokenStream,
) -> TokenStream {
    let span = Span::mixed_site();
    let ended = ended(body);
    let late = body.timed_out();
    let timed_out = body.timeout.is_some().then(|| {
        quote_spanned! {span=>
            __fusebox::Ended::TimedOut(__late) => {
                #on_failure
                return #late;
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
            __fusebox::Ended::Failed(__failed) => {
                #on_failure
                __failed
            }
        }
    });
    let allow = body.never_returns.then(|| quote!(#[allow(unreachable_code)]));
    let permit = permit(body, on_rejection);
    quote_spanned! {span=>
        #allow
        #permit
        #after_admission
        #ended
        #[allow(clippy::implicit_return)]
        match __answer {
            #failed
            __fusebox::Ended::Answer(__answer) | __fusebox::Ended::Failed(__answer) => #answer,
            #timed_out
        }
    }
}

/// Returns `let __answer = …`: the body, polled or run, and how it ended.
pub(super) fn ended(body: &Body) -> TokenStream {
    let permit = quote_spanned!(Span::mixed_site()=> __permit);
    let (before, answer) = run(body, "report_end", &permit, Some(&body.recorder));
    quote_spanned!(Span::mixed_site()=> #before let __answer = #answer;)
}

/// Returns `let __permit = …;`.
///
/// If the call is rejected, `on_rejection` answers it and returns.
///
/// Neither the body nor `on_rejection` is in an arm of the `match`. The future would hold the
/// matched value while they run.
pub(super) fn permit(body: &Body, on_rejection: &TokenStream) -> TokenStream {
    let site = &body.site;
    quote_spanned! {Span::mixed_site()=>
        let __permit = '__admitted: {
            let __rejected = match #site.admit() {
                __fusebox::Ok(__permit) => break '__admitted __permit,
                __fusebox::Err(__rejected) => __rejected,
            };
            #on_rejection
        };
    }
}

/// Returns the expression that polls or runs the body.
///
/// And, first, what has to come before it.
///
/// With an `Admitted`, the body is an argument of the call: a name for it costs rustc time in each
/// function. With a permit it has a name. Without one, the permit would be moved before the body
/// exists, and a call would take more instructions.
fn run(
    body: &Body,
    function: &str,
    admitted: &TokenStream,
    classifier: Option<&TokenStream>,
) -> (TokenStream, TokenStream) {
    let span = Span::mixed_site();
    let (mut before, mut code, text) = error_text(body);
    // An erased body has a name already.
    if body.written.is_some() && (classifier.is_some() || body.timeout.is_some()) {
        before.extend(quote_spanned!(span=> let __body = #code;));
        code = quote_spanned!(span=> __body);
    }
    let classifier = classifier.into_iter();
    let mut suffix = if body.is_async { "" } else { "_blocking" };
    if let Some(timeout) = &body.timeout {
        let site = &body.site;
        // Configuration may set another timeout in its place.
        before.extend(quote_spanned!(span=> let __limit = #site.limit(#timeout);));
        code = quote_spanned!(span=> __fusebox::within(__limit, __fusebox::pin!(#code)), __limit);
        suffix = "_within";
    }
    let waited = body.is_async.then(|| quote_spanned!(span=> .await));
    let function = format_ident!("{function}{suffix}", span = span);
    let answer =
        quote_spanned!(span=> __fusebox::#function(#admitted, #code, #text #(, #classifier)*) #waited);
    (before, answer)
}

/// Returns the body and the search for the text of an error.
///
/// And, first, what has to come before both.
///
/// The type of the body names what the return type hides behind `impl Trait`.
fn error_text(body: &Body) -> (TokenStream, TokenStream, TokenStream) {
    let span = Span::mixed_site();
    let code = &body.code;
    if let Some(output) = &body.written {
        let text = quote_spanned!(span=> __fusebox::TextOf::<#output>::NEW.find_error_text());
        return (TokenStream::new(), code.clone(), text);
    }
    let function = if body.is_async {
        "with_text"
    } else {
        "with_text_blocking"
    };
    let function = Ident::new(function, span);
    let before = quote_spanned!(span=> let (__body, __text) = __fusebox::#function(#code););
    let text = quote_spanned!(span=> __text.find_error_text());
    (before, quote_spanned!(span=> __body), text)
}
