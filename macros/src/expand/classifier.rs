//! The classifier: maps the return value to an outcome.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::item::return_type::of_type;
use crate::plan::Plan;

/// Returns `let __classifier = …;`, which body and fallback share.
pub(super) fn shared(plan: &Plan) -> TokenStream {
    let span = Span::mixed_site();
    match (&plan.output, &plan.classify) {
        (Some(output), Some(path)) => {
            // On the span of the path, where rustc reports a classifier of another type.
            let last = path.path.segments.last();
            let at = last.map_or(span, |last| Span::call_site().located_at(last.ident.span()));
            let classify = Ident::new("classify", at);
            quote_spanned!(span=> let __classifier = __fusebox::Classifying.#classify::<#output, _>(#path).by();)
        }
        (Some(output), None) if has_patterns(plan) => {
            let closure = closure(plan, output);
            quote_spanned!(span=> let __classifier = __fusebox::by_patterns::<#output, _, _>(#closure);)
        }
        // rustc infers the erased type from the argument of the closure.
        (Some(output), None) if plan.is_erased => quote_spanned! {span=>
            let __classifier = __fusebox::by_patterns::<#output, _, _>(|__answer| __fusebox::outcome_of::<#output>(__answer));
        },
        (Some(output), None) => {
            let classifier = of_type(output, "IsResult", "classifier", &TokenStream::new());
            quote_spanned!(span=> let __classifier = #classifier;)
        }
        (None, _) => TokenStream::new(),
    }
}

/// Returns the classifier as an expression.
///
/// A function that never returns has nothing to classify.
pub(super) fn expression(plan: &Plan) -> TokenStream {
    let span = Span::mixed_site();
    if plan.output.is_some() {
        quote_spanned!(span=> __classifier)
    } else {
        quote_spanned!(span=> __fusebox::NeverFails)
    }
}

/// Returns the classifier of the body.
///
/// With `last_good` it also records a success.
pub(super) fn recorder(plan: &Plan) -> TokenStream {
    let classifier = expression(plan);
    match plan.last_good {
        Some(_) => quote_spanned!(Span::mixed_site()=> __keeper.keeping(#classifier)),
        None => classifier,
    }
}

/// Returns whether `Err` alone is a failure, and the return type is written in
/// full.
pub(super) fn is_by_result(plan: &Plan) -> bool {
    let is_written = plan.output.is_some() && !plan.is_erased;
    is_written && plan.classify.is_none() && !has_patterns(plan)
}

fn has_patterns(plan: &Plan) -> bool {
    !plan.failure.is_empty() || !plan.ignore.is_empty()
}

/// Returns a closure that matches the return value with the patterns.
fn closure(plan: &Plan, output: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let ignored = &plan.ignore;
    let failed = &plan.failure;
    let constants = ignored
        .iter()
        .chain(failed)
        .filter_map(|pattern| pattern.as_constant());
    // As a pattern, a misspelled constant is a binding that matches everything; as an expression it
    // is an error.
    let constants = quote_spanned! {span=>
        #[allow(clippy::no_effect_underscore_binding)]
        if false { #(let _ = [__answer, &#constants];)* }
    };
    let otherwise = if failed.is_empty() {
        quote_spanned!(span=> __answer => __fusebox::outcome_of::<#output>(__answer))
    } else {
        quote_spanned!(span=> _ => __fusebox::Outcome::Success)
    };
    quote_spanned! {span=>
        |__answer| {
            #constants
            match __answer {
                #(#ignored => __fusebox::Outcome::Ignored,)*
                #(#failed => __fusebox::Outcome::Failure,)*
                #[allow(unreachable_patterns)]
                #otherwise,
            }
        }
    }
}
