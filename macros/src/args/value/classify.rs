//! A classifier: the path of a function that says how a return value counts.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprPath};

use crate::args::cursor::first_span;
use crate::diagnostics::Errors;

const TAKES: &str =
    "`classify` takes the path of a function `fn(&R) -> Outcome`, as in `classify = fusebox::classify::io`";

pub(super) fn from_expr(expr: &Expr, errors: &mut Errors) -> Option<ExprPath> {
    let message = match expr {
        Expr::Path(path) => return Some(path.clone()),
        Expr::Group(group) => return from_expr(&group.expr, errors),
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) if text.parse::<ExprPath>().is_ok() => {
            format!("write the path without quotes: `classify = {}`", text.value())
        }
        Expr::Call(call) if matches!(*call.func, Expr::Path(_)) => {
            let path = call.func.to_token_stream().to_string().replace(' ', "");
            format!("write only the path: `classify = {path}`")
        }
        _ => TAKES.to_owned(),
    };
    errors.push(first_of(expr), message);
    None
}

fn first_of(expr: &Expr) -> Span {
    let first = expr.to_token_stream().into_iter().next();
    first.map_or_else(|| expr.span(), |token| first_span(&token))
}
