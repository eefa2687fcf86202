//! The call of the fallback, which is awaited if it may wait.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};

use crate::args::value::{Closure, Fallback};
use crate::expand::arguments::Arguments;
use crate::expand::body::Body;
use crate::plan::Plan;
use crate::tokens::{is, mentions};

/// Macros that contain an `.await` only if their arguments do.
const WITHOUT_AWAIT: [&str; 17] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "eprintln",
    "format",
    "format_args",
    "matches",
    "panic",
    "println",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Returns the fallback as an expression of the return type.
///
/// If it may wait, it is boxed, so the future of the function holds only a pointer.
///
/// A closure makes `cause` itself. A future that took it over would be `Send` only if the return
/// type is.
pub(super) fn answer(
    fallback: &Fallback,
    plan: &Plan,
    arguments: &Arguments,
    body: &Body,
    cause: &TokenStream,
) -> TokenStream {
    let span = Span::mixed_site();
    let (waits, method, code) = match fallback {
        Fallback::Path(path) => {
            let call = call_with(arguments, path);
            let code = if plan.is_async {
                call
            } else {
                quote_spanned!(span=> move || #call)
            };
            (plan.is_async, Span::call_site().located_at(last_span(path)), code)
        }
        Fallback::Closure(closure) => {
            let waits = plan.is_async && may_wait(closure.body.to_token_stream());
            (waits, span, of_closure(closure, body, waits, cause))
        }
    };
    let (classifier, output, on_cycle) = (&body.classifier, answer_type(body), on_cycle(body));
    let answer = if body.never_returns {
        quote_spanned!(span=> match __answer {})
    } else {
        quote_spanned!(span=> __answer)
    };
    let site = &body.site;
    let (method, types, waited) = if waits {
        let types = quote_spanned!(span=> ::<#output, _>);
        (Ident::new("fallback", method), types, Some(quote!(.await)))
    } else {
        let types = quote_spanned!(span=> ::<#output, _, _>);
        (Ident::new("fallback_blocking", method), types, None)
    };
    quote_spanned! {span=> {
        #[allow(clippy::used_underscore_binding, clippy::let_unit_value)]
        let __answer = __fusebox::Check(#site, #classifier, #on_cycle).#method #types(#code) #waited;
        #[allow(unreachable_code, clippy::implicit_return)]
        #answer
    }}
}

/// Returns the closure of the user, with `cause` and the return type.
fn of_closure(closure: &Closure, body: &Body, waits: bool, made: &TokenStream) -> TokenStream {
    let span = Span::mixed_site();
    let ret = &body.output;
    let (cause, expr) = (&closure.cause, &closure.body);
    let head = if waits {
        quote_spanned!(span=> async move)
    } else {
        quote_spanned!(span=> move ||)
    };
    // The dead code gives `return` its type: an `impl Trait` in it is the one in the cause.
    quote_spanned! {span=>
        #head {
            let #cause = {
                let __cause: __fusebox::Cause<#ret> = #made;
                if false { return __fusebox::answer_of(&__cause); }
                __cause
            };
            #[allow(
                unknown_lints, clippy::let_unit_value, clippy::let_with_type_underscore,
                clippy::diverging_sub_expression
            )]
            let __out: #ret = #expr;
            #[allow(unreachable_code, clippy::implicit_return)]
            __out
        }
    }
}

/// Returns whether the tokens contain an `.await`, or a macro that may write
/// one.
fn may_wait(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(word) if word == "await" => true,
        TokenTree::Ident(word) => {
            let is_macro = tokens.get(at + 1).is_some_and(|next| is(next, '!'))
                && matches!(tokens.get(at + 2), Some(TokenTree::Group(_)));
            is_macro && !WITHOUT_AWAIT.iter().any(|known| word == known)
        }
        TokenTree::Group(group) => may_wait(group.stream()),
        _ => false,
    })
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
        return quote_spanned!(span=> __fusebox::NoAnswer);
    }
    quote_spanned! {span=> {
        #[allow(unused_imports)]
        use __fusebox::{HoldsAnything as _, HoldsRejection as _};
        __fusebox::OnCycle::<#output>::NEW.on_cycle()
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
        let name = &param.name;
        quote!(#name)
    });
    call(path, receiver.chain(params))
}

/// Returns a call of the fallback.
///
/// Of its tokens, only the path and the parentheses have spans of the user.
pub(super) fn call(path: &syn::ExprPath, arguments: impl Iterator<Item = TokenStream>) -> TokenStream {
    let mut parentheses = Group::new(Delimiter::Parenthesis, quote!(#(#arguments),*));
    parentheses.set_span(Span::call_site().located_at(last_span(path)));
    quote!(#path #parentheses)
}

/// Returns the span of the last name, where rustc reports a wrong type.
fn last_span(path: &syn::ExprPath) -> Span {
    let last = path.path.segments.last();
    last.map_or_else(Span::call_site, |last| last.ident.span())
}
