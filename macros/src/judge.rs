//! The closure that says how a returned value counts.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::plan::Plan;

/// A closure over `&RET`, or the function that knows a `Result`.
pub(crate) fn closure(plan: &Plan, ret: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    if plan.output.is_none() {
        return quote_spanned!(span=> |_| __p::Outcome::Success);
    }
    if plan.failure.is_empty() && plan.ignore.is_empty() {
        return quote_spanned!(span=> __p::judge::<#ret>);
    }
    let ignored = &plan.ignore;
    let failed = &plan.failure;
    let constants = ignored.iter().chain(failed).filter_map(|pattern| pattern.as_constant());
    // A misspelled constant would be a binding that matches everything; as an expression it is an error.
    let constants = quote_spanned! {span=>
        #[allow(clippy::no_effect_underscore_binding)]
        if false { #(let _ = #constants;)* }
    };
    let rest = if failed.is_empty() {
        quote_spanned!(span=> __answer => __p::judge::<#ret>(__answer))
    } else {
        quote_spanned!(span=> _ => __p::Outcome::Success)
    };
    quote_spanned! {span=>
        |__answer| {
            #constants
            match __answer {
                #(#ignored => __p::Outcome::Ignored,)*
                #(#failed => __p::Outcome::Failure,)*
                #[allow(unreachable_patterns)]
                #rest,
            }
        }
    }
}

