//! The call of a fallback, as an editor checks it.

use proc_macro2::{Delimiter, Group, Literal, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{ExprPath, FnArg, Pat};

use crate::editor::spans::{elsewhere, name_elsewhere};
use crate::item::Item;
use crate::item::return_type::without_impl;
use crate::plan::Plan;

/// Returns the call of the fallback with all parameters.
///
/// Each argument is `(id,).0`, and its punctuation has the span of the path. So an editor
/// underlines the path if an argument has the wrong type, and shows nothing of the argument on
/// hover.
pub(super) fn with_parameters(
    path: &ExprPath,
    plan: &Plan,
    item: &Item,
    output: &TokenStream,
) -> TokenStream {
    let last = path.path.segments.last();
    let span = last.map_or_else(Span::call_site, |last| last.ident.span());
    let comma = punctuation(',', span);
    let mut arguments = TokenStream::new();
    for input in &item.sig.inputs {
        let argument = argument(input, span);
        arguments.extend(quote!(#argument #comma));
    }
    let mut parentheses = Group::new(Delimiter::Parenthesis, arguments);
    parentheses.set_span(span);
    let waited = plan.is_async.then(|| quote!(.await));
    let answer = field(&quote!(#path #parentheses #waited), span);
    quote_spanned!(Span::mixed_site()=> let _: #output = #answer;)
}

/// Returns the argument for one parameter, with its `#[cfg]`s.
fn argument(input: &FnArg, span: Span) -> TokenStream {
    match input {
        FnArg::Receiver(receiver) => field(
            &name_elsewhere(&receiver.self_token.into()).into_token_stream(),
            span,
        ),
        FnArg::Typed(input) => {
            let value = parameter(input);
            let mut cfgs = TokenStream::new();
            for attribute in &input.attrs {
                if attribute.path().is_ident("cfg") {
                    cfgs.extend(elsewhere(attribute.to_token_stream()));
                }
            }
            // An editor greys out code that a `#[cfg]` removes. So an argument with a `#[cfg]` has
            // no span in the source.
            if cfgs.is_empty() {
                field(&value, span)
            } else {
                quote!(#cfgs #value)
            }
        }
    }
}

/// Returns a parameter as an argument of the fallback.
fn parameter(input: &syn::PatType) -> TokenStream {
    if let Pat::Ident(pat) = &*input.pat {
        return name_elsewhere(&pat.ident).into_token_stream();
    }
    let ty = without_impl(elsewhere(input.ty.to_token_stream()));
    quote_spanned!(Span::mixed_site()=> { let __value: #ty = loop {}; __value })
}

/// Returns `(value,).0`, which has the value and is underlined at the span.
fn field(value: &TokenStream, span: Span) -> TokenStream {
    let comma = punctuation(',', span);
    let mut tuple = Group::new(Delimiter::Parenthesis, quote!(#value #comma));
    tuple.set_span(span);
    let (dot, first) = (punctuation('.', span), Literal::usize_unsuffixed(0));
    quote!(#tuple #dot #first)
}

fn punctuation(c: char, span: Span) -> Punct {
    let mut punctuation = Punct::new(c, Spacing::Alone);
    punctuation.set_span(span);
    punctuation
}
