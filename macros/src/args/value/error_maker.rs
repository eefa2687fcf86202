//! The closure or function that makes an error from a refusal.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Expr;
use syn::spanned::Spanned as _;

use crate::args::value::open_ended;
use crate::args::value::source::Source;
use crate::diagnostics::Errors;
use crate::tokens::{first_span, written};

const TAKES: &str = "`error` takes a closure or the path of a function `fn(Refusal) -> E`, as in `error = |refusal| Error::from(refusal)`";

pub(super) fn parse(source: &Source<'_>, errors: &mut Errors) -> (Option<Expr>, usize) {
    let (expr, taken) = open_ended::expression(source, errors);
    (expr.and_then(|expr| check(expr, errors)), taken)
}

fn check(expr: Expr, errors: &mut Errors) -> Option<Expr> {
    let (span, message) = match expr {
        Expr::Path(_) => return Some(expr),
        Expr::Group(group) => return check(*group.expr, errors),
        Expr::Closure(closure) => match closure_mistake(&closure) {
            None => return Some(Expr::Closure(closure)),
            Some(mistake) => mistake,
        },
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) if text.parse::<syn::ExprPath>().is_ok() => {
            let path = text.value();
            let message = format!("`error` takes a path, not a string; write `error = {path}`");
            (text.span(), message)
        }
        Expr::Call(call) if matches!(*call.func, Expr::Path(_)) => {
            let tokens: Vec<TokenTree> = call.to_token_stream().into_iter().collect();
            let message = format!(
                "`error` takes a closure or a path, not a call; did you mean `error = |_| {}`?",
                written(&tokens)
            );
            (first_span_of(&call.func), message)
        }
        other => (first_span_of(&other), TAKES.to_owned()),
    };
    errors.push(span, message);
    None
}

/// Returns what is wrong with a closure.
///
/// That is `async`, an `.await`, or a number of parameters other than one.
fn closure_mistake(closure: &syn::ExprClosure) -> Option<(Span, String)> {
    let block = match &*closure.body {
        Expr::Async(block) => Some(block.async_token),
        _ => None,
    };
    if let Some(word) = closure.asyncness.or(block) {
        return Some((word.span(), "an error is made at once; remove `async`".to_owned()));
    }
    if let Some(span) = awaits(closure.body.to_token_stream()) {
        let message = "an error is made at once, so its closure cannot wait; write `fallback = |cause| expr`, which may";
        return Some((span, message.to_owned()));
    }
    let message =
        "the closure of `error` takes one parameter, as in `error = |refusal| Error::from(refusal)`";
    (closure.inputs.len() != 1).then(|| (closure.inputs_begin.span(), message.to_owned()))
}

/// Finds an `.await` outside of `async` blocks.
fn awaits(tokens: TokenStream) -> Option<Span> {
    let mut in_async = false;
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "await" => Some(word.span()),
        TokenTree::Ident(word) => {
            in_async = word == "async" || (in_async && word == "move");
            None
        }
        TokenTree::Group(group) => {
            let is_future = std::mem::take(&mut in_async) && group.delimiter() == Delimiter::Brace;
            if is_future { None } else { awaits(group.stream()) }
        }
        _ => None,
    })
}

fn first_span_of(expr: &Expr) -> Span {
    let first = expr.to_token_stream().into_iter().next();
    first.map_or_else(|| expr.span(), |token| first_span(&token))
}
