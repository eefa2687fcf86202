//! The body of the function as a future or a closure, and its surroundings.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Expr;

use crate::expand::arguments::Arguments;
use crate::expand::{classifier, error};
use crate::plan::Plan;
use crate::tokens::{is, mentions};

/// The pieces around the body of the function.
pub(super) struct Body {
    /// `async move { … }`, or a closure.
    ///
    /// Its tail and its `return`s have the return type.
    pub(super) code: TokenStream,
    pub(super) is_async: bool,
    pub(super) classifier: TokenStream,
    /// The classifier of the body. It may also record the last good value.
    pub(super) recorder: TokenStream,
    /// The return type, with `_` for each `impl Trait`.
    pub(super) output: TokenStream,
    /// The return type, if it has no such `_`.
    pub(super) written: Option<TokenStream>,
    pub(super) timeout: Option<TokenStream>,
    /// The call site, or the given breaker.
    pub(super) site: TokenStream,
    /// The function that makes the answer to a rejection.
    ///
    /// Its bound decides what rustc reports for a type that is not a `Result`.
    recover: &'static str,
    /// Whether `error` makes the error of a refused call.
    pub(super) makes_error: bool,
    /// The closure of `error`, if it uses parameters.
    capturing: Option<Expr>,
    /// Whether the return type is `!`.
    pub(super) never_returns: bool,
}

impl Body {
    pub(super) fn new(plan: &Plan, arguments: &Arguments, block: &Group) -> Self {
        let never_returns = plan.output.is_none();
        let output = plan
            .output
            .clone()
            .unwrap_or_else(|| quote!(__fusebox::Infallible));
        let reborrows_self = arguments.reborrows_self();
        let params = arguments.in_drop_order();
        let captured = captured(&params, &block.stream(), reborrows_self);
        let edge = return_edge(&output, never_returns, &captured, reborrows_self);
        let capture = (!reborrows_self).then(|| quote!(move));
        let head = if plan.is_async {
            quote_spanned!(Span::mixed_site()=> async #capture)
        } else {
            quote_spanned!(Span::mixed_site()=> #capture || -> #output)
        };
        // A body that only panics is not a part of a statement for the user. clippy does not report
        // one with a `let`, and rustc spends time on each `#[allow]`.
        let allow = (!has_let(&block.stream()))
            .then(|| quote_spanned!(Span::mixed_site()=> #[allow(clippy::diverging_sub_expression)]));
        let code = quote_spanned! {Span::mixed_site()=>
            #head {
                #edge
                #allow
                let __out: #output = #block;
                #[allow(unreachable_code)]
                __out
            }
        };
        Self {
            code,
            is_async: plan.is_async,
            classifier: classifier::expression(plan),
            recorder: classifier::recorder(plan),
            written: (!plan.is_erased).then(|| output.clone()),
            output,
            timeout: plan.timeout.clone(),
            site: if plan.gives_breaker() {
                quote_spanned!(Span::mixed_site()=> __given)
            } else {
                quote_spanned!(Span::mixed_site()=> (&__SITE))
            },
            recover: if plan.classify.is_some() || !plan.failure.is_empty() {
                "recover"
            } else {
                "recover_as_result"
            },
            makes_error: plan.error.is_some(),
            capturing: plan.error.as_ref().and_then(|error| {
                error.capturing.as_ref()?;
                Some(error.expr.clone())
            }),
            never_returns,
        }
    }
}

impl Body {
    /// Returns the answer to a call that was rejected.
    pub(super) fn rejected(&self) -> TokenStream {
        let output = &self.output;
        let span = Span::mixed_site();
        if let Some(closure) = &self.capturing {
            let refusal = quote_spanned!(span=> __fusebox::Refusal::Rejected(__rejected));
            return error::answer(closure, &refusal, output);
        }
        if self.makes_error {
            return quote_spanned!(span=> __refuse.rejected(__rejected));
        }
        let recover = Ident::new(self.recover, span);
        quote_spanned!(span=> __fusebox::#recover::<#output>(__rejected))
    }

    /// Returns the answer to a call that timed out.
    pub(super) fn timed_out(&self) -> TokenStream {
        let output = &self.output;
        if self.makes_error {
            quote_spanned!(Span::mixed_site()=> __refuse.timed_out(__late))
        } else {
            quote_spanned!(Span::mixed_site()=> __fusebox::recover_timed_out::<#output>(__late))
        }
    }
}

/// Returns whether one of the statements is a `let`.
fn has_let(body: &TokenStream) -> bool {
    let mut starts_statement = true;
    body.clone().into_iter().any(|token| {
        let is_let = starts_statement && matches!(&token, TokenTree::Ident(word) if word == "let");
        starts_statement = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            other => is(other, ';'),
        };
        is_let
    })
}

/// Returns a brace group with the span of another one.
pub(super) fn braces(tokens: TokenStream, replaced: &Group) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(replaced.span());
    group
}

/// Returns dead code that gives `return` its type.
///
/// The code also captures the parameters, in the drop order of the plain function.
///
/// `__fusebox::edge` replaces `loop {}`, which would need about twelve `#[allow]`s. rustc
/// spends more time on those than on the rest of this code.
fn return_edge(
    output: &TokenStream,
    never_returns: bool,
    captured: &[&Ident],
    by_value: bool,
) -> TokenStream {
    let span = Span::mixed_site();
    let mention = |name: &&Ident| if by_value { quote!(#name) } else { quote!(&#name) };
    let mentions = captured.iter().map(mention);
    if never_returns && captured.is_empty() {
        return TokenStream::new();
    }
    let is_unused = |name: &&Ident| name.to_string().starts_with('_');
    let allowed = captured
        .iter()
        .any(is_unused)
        .then(|| quote!(#[allow(clippy::used_underscore_binding)]));
    if never_returns {
        return quote_spanned!(span=> #allowed if false { __fusebox::consume((#(#mentions,)*)); });
    }
    quote_spanned!(span=> #allowed if false { return __fusebox::edge::<#output, _>((#(#mentions,)*)); })
}

/// Returns the parameters that the body captures.
///
/// These are those that the body mentions, and those with an underscore.
///
/// A parameter that the body does not mention stays unused, so that the lint reports it. A
/// reborrowed `self` must not be captured by value.
fn captured<'a>(params: &'a [Ident], body: &TokenStream, reborrows_self: bool) -> Vec<&'a Ident> {
    let mut captured = Vec::new();
    for name in params {
        let is_captured = if name == "self" {
            !reborrows_self && mentions(body, name)
        } else {
            name.to_string().starts_with('_') || mentions(body, name)
        };
        if is_captured {
            captured.push(name);
        }
    }
    captured
}
