//! The judge: what says how a returned value counts.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::item::return_type::{is_erased, of_type};
use crate::plan::Plan;

/// `let __judge = …;` of patterns, a classifier or neither: body and fallback are judged alike.
pub(crate) fn shared(plan: &Plan) -> TokenStream {
    let span = Span::mixed_site();
    match (&plan.output, &plan.classify) {
        (Some(ret), Some(path)) => {
            // On the span of the path, where a classifier of another type is an error.
            let last = path.path.segments.last();
            let at = last.map_or(span, |last| Span::call_site().located_at(last.ident.span()));
            let classify = Ident::new("classify", at);
            quote_spanned!(span=> let __judge = __p::Judging.#classify::<#ret, _>(#path).by();)
        }
        (Some(ret), None) if has_patterns(plan) => {
            let closure = closure(plan, ret);
            quote_spanned!(span=> let __judge = __p::judging::<#ret, _, _>(#closure);)
        }
        // A type that rustc has to find out is found by what the closure is given.
        (Some(ret), None) if is_erased(ret) => quote_spanned! {span=>
            let __judge = __p::judging::<#ret, _, _>(|__answer| __p::judge::<#ret>(__answer));
        },
        (Some(ret), None) => {
            let judge = of_type(ret, "IsResult", "judge", &TokenStream::new());
            quote_spanned!(span=> let __judge = #judge;)
        }
        (None, _) => TokenStream::new(),
    }
}

/// The judge, by its name. What never returns is never judged.
pub(crate) fn expression(plan: &Plan) -> TokenStream {
    let span = Span::mixed_site();
    if plan.output.is_some() {
        quote_spanned!(span=> __judge)
    } else {
        quote_spanned!(span=> __p::NeverFails)
    }
}

/// What settles the call: the judge, which also keeps the good value where that is wanted.
pub(crate) fn settling(plan: &Plan) -> TokenStream {
    let judge = expression(plan);
    match plan.last_good {
        Some(_) => quote_spanned!(Span::mixed_site()=> __keeper.keeping(#judge)),
        None => judge,
    }
}

/// Whether an `Err` is a failure, and nothing else, of a type that is written in full.
pub(crate) fn is_by_result(plan: &Plan) -> bool {
    let is_written = plan.output.as_ref().is_some_and(|ret| !is_erased(ret));
    is_written && plan.classify.is_none() && !has_patterns(plan)
}

fn has_patterns(plan: &Plan) -> bool {
    !plan.failure.is_empty() || !plan.ignore.is_empty()
}

/// A closure over `&RET`.
fn closure(plan: &Plan, ret: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let ignored = &plan.ignore;
    let failed = &plan.failure;
    let constants = ignored
        .iter()
        .chain(failed)
        .filter_map(|pattern| pattern.as_constant());
    // A misspelled constant would be a binding that matches everything; as an expression it is an error.
    let constants = quote_spanned! {span=>
        #[allow(clippy::no_effect_underscore_binding)]
        if false { #(let _ = [__answer, &#constants];)* }
    };
    let otherwise = if failed.is_empty() {
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
                #otherwise,
            }
        }
    }
}
