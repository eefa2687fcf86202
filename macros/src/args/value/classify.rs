//! A classifier: the path of a function from a return value to an outcome.

use proc_macro2::{Span, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprPath};

use crate::args::value::open_ended;
use crate::args::value::source::Source;
use crate::diagnostics::Errors;
use crate::tokens::{first_span, written};

const TAKES: &str =
    "`classify` takes the path of a function `fn(&R) -> Outcome`, as in `classify = fusebox::classify::io`";

pub(super) fn parse(source: &Source<'_>, errors: &mut Errors) -> (Option<ExprPath>, usize) {
    let (expr, taken) = open_ended::expression(source, errors);
    (expr.and_then(|expr| from_expr(&expr, errors)), taken)
}

fn from_expr(expr: &Expr, errors: &mut Errors) -> Option<ExprPath> {
    let message = match expr {
        Expr::Path(path) => return Some(path.clone()),
        Expr::Group(group) => return from_expr(&group.expr, errors),
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) if text.parse::<ExprPath>().is_ok() => {
            let path = text.value();
            format!("`classify` takes a path, not a string; write `classify = {path}`")
        }
        Expr::Call(call) if matches!(*call.func, Expr::Path(_)) => {
            let path: Vec<TokenTree> = call.func.to_token_stream().into_iter().collect();
            let path = written(&path);
            format!("`classify` takes a path, not a call; write `classify = {path}`")
        }
        _ => TAKES.to_owned(),
    };
    errors.push(first_span_of(expr), message);
    None
}

fn first_span_of(expr: &Expr) -> Span {
    let first = expr.to_token_stream().into_iter().next();
    first.map_or_else(|| expr.span(), |token| first_span(&token))
}
