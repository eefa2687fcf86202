//! The fallback: its call, awaited in the future of the function.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::args::value::{Closure, Fallback};
use crate::expand::arguments::Arguments;
use crate::expand::body::Body;
use crate::plan::Plan;
use crate::tokens::mentions;

/// Returns the awaited fallback.
///
/// It is boxed, so the future of the function holds only a pointer.
pub(super) fn awaited(fallback: &Fallback, plan: &Plan, arguments: &Arguments, body: &Body) -> TokenStream {
    match fallback {
        Fallback::Path(path) => of_path(path, plan, arguments, body),
        Fallback::Closure(closure) => of_closure(closure, body),
    }
}

fn of_path(path: &syn::ExprPath, plan: &Plan, arguments: &Arguments, body: &Body) -> TokenStream {
    let (classifier, output, on_cycle) = (&body.classifier, answer_type(body), on_cycle(body));
    let (method, call) = (&plan.fallback_key, call_with(arguments, path));
    quote_spanned! {Span::mixed_site()=> {
        #[allow(clippy::used_underscore_binding, clippy::let_unit_value)]
        let __answer = __p::Check(&__SITE, #classifier, #on_cycle).#method::<#output, _>(#call).await;
        #[allow(unreachable_code, clippy::implicit_return)]
        __answer
    }}
}

fn of_closure(closure: &Closure, body: &Body) -> TokenStream {
    let span = Span::mixed_site();
    let (classifier, ret, output) = (&body.classifier, &body.output, answer_type(body));
    let on_cycle = on_cycle(body);
    let (cause, expr) = (&closure.cause, &closure.body);
    let cause = if let syn::Pat::Type(_) = cause {
        quote_spanned!(span=> let #cause = __cause;)
    } else {
        quote_spanned!(span=> let #cause: __p::Cause<#ret> = __cause;)
    };
    let answer = if body.never_returns {
        quote_spanned!(span=> match __out {})
    } else {
        quote_spanned!(span=> __out)
    };
    quote_spanned! {span=> {
        #[allow(clippy::let_unit_value)]
        let __answer = __p::Check(&__SITE, #classifier, #on_cycle).fallback::<#output, _>(async move {
            #[allow(
                unknown_lints, unreachable_code, clippy::diverging_sub_expression,
                clippy::empty_loop, clippy::let_unit_value, clippy::let_with_type_underscore
            )]
            if false {
                let __edge: #ret = loop {};
                return __edge;
            }
            #cause
            let __out: #ret = #expr;
            #[allow(unreachable_code, clippy::implicit_return)]
            #answer
        }).await;
        #[allow(unreachable_code, clippy::implicit_return)]
        __answer
    }}
}

/// Returns the type of the answer, which rustc infers for `-> !`.
fn answer_type(body: &Body) -> TokenStream {
    if body.never_returns {
        quote!(_)
    } else {
        body.output.clone()
    }
}

/// Returns what makes the answer of a fallback cycle.
///
/// With `impl Trait` in the return type, nothing does: rustc would choose between the traits before
/// it has inferred the type.
fn on_cycle(body: &Body) -> TokenStream {
    let (span, output) = (Span::mixed_site(), &body.output);
    if body.never_returns || mentions(output, &Ident::new("_", span)) {
        return quote_spanned!(span=> __p::NoAnswer);
    }
    quote_spanned! {span=> {
        #[allow(unused_imports)]
        use __p::{HoldsAnything as _, HoldsRejection as _};
        __p::OnCycle::<#output>::NEW.on_cycle()
    }}
}

/// Returns the call of the fallback with all arguments of the function.
fn call_with(arguments: &Arguments, path: &syn::ExprPath) -> TokenStream {
    let receiver = arguments.receiver.iter().map(|(word, _)| {
        if arguments.cloned.renames_self {
            quote_spanned!(Span::mixed_site()=> __self)
        } else {
            quote!(#word)
        }
    });
    let params = arguments.params.iter().map(|param| {
        let (cfgs, name) = (param.cfgs(), &param.name);
        quote!(#(#cfgs)* #name)
    });
    call(path, receiver.chain(params))
}

/// Returns a call of the fallback.
///
/// Of its tokens, only the path and the parentheses have spans of the user.
pub(super) fn call(path: &syn::ExprPath, arguments: impl Iterator<Item = TokenStream>) -> TokenStream {
    let span = path
        .path
        .segments
        .last()
        .map_or_else(Span::call_site, |last| last.ident.span());
    let mut parentheses = Group::new(Delimiter::Parenthesis, quote!(#(#arguments),*));
    parentheses.set_span(Span::call_site().located_at(span));
    quote!(#path #parentheses)
}
