//! What answers instead: the path of a function, bare or in a string, or a closure over the cause.

use proc_macro2::{Span, TokenTree};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprPath, Pat};

use super::{literal, shown};
use crate::diagnostics::Errors;
use crate::tokens::{first_span, is};

const TAKES: &str = "`fallback` takes the path of an async function, as in `fallback = cached_orders`";

/// The fallback as it was written.
#[derive(Clone)]
pub(crate) enum Fallback {
    Path(ExprPath),
    Closure(Box<Closure>),
}

/// `|cause| expr`.
#[derive(Clone)]
pub(crate) struct Closure {
    /// What the cause is bound to.
    pub(crate) cause: Pat,
    pub(crate) body: Expr,
}

/// The string form. It works like the path, but an editor cannot rename it.
pub(super) fn from_literal(tokens: &[TokenTree], errors: &mut Errors) -> Option<Fallback> {
    let span = literal::span(tokens);
    let Some(text) = literal::string(tokens) else {
        errors.push(span, TAKES);
        return None;
    };
    let value = text.value();
    let written = value.trim();
    if let Ok(path) = text.parse::<ExprPath>() {
        return Some(Fallback::Path(path));
    }
    let message = if written.is_empty() {
        "`fallback` is empty; write the path of an async function, as in `fallback = cached_orders`"
            .to_owned()
    } else if written.starts_with("$crate") {
        format!("a string cannot hold `$crate`; write it without quotes: `fallback = {written}`")
    } else if let Some(path) = written.strip_suffix("::") {
        format!("the path ends in `::`; write `fallback = {path}`")
    } else if let Some((path, _)) = written.split_once('(') {
        format!("write only the path: `fallback = {path}`")
    } else {
        format!("`{written}` is not a path to a function")
    };
    errors.push(span, message);
    None
}

/// What syn would describe in words of grammar: a path that ends in `::`, a closure with an empty body.
pub(super) fn half_typed(tokens: &[TokenTree]) -> Option<(Span, String)> {
    match tokens {
        [TokenTree::Ident(_), .., last] if is(last, ':') => Some((
            last.span(),
            "the path ends in `::`; write the name of an async function".to_owned(),
        )),
        [first @ TokenTree::Punct(_), ..] if !is(first, '|') && !is(first, ':') && !is(first, '<') => {
            Some((first_span(first), format!("{TAKES}, found `{}`", shown(first))))
        }
        _ => None,
    }
}

/// What was written, of which `first` is the first token.
pub(super) fn from_expr(expr: Expr, first: Span, errors: &mut Errors) -> Option<Fallback> {
    let message = match expr {
        Expr::Path(path) => return Some(Fallback::Path(path)),
        Expr::Group(group) => return from_expr(*group.expr, first, errors),
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => {
            let tokens = [TokenTree::Literal(text.token())];
            return from_literal(&tokens, errors);
        }
        Expr::Closure(closure) => return from_closure(closure, errors),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => {
                let path = quote::quote!(#path).to_string().replace(' ', "");
                format!("write only the path: `fallback = {path}`")
            }
            _ => TAKES.to_owned(),
        },
        Expr::Await(waited) => return from_expr(*waited.base, first, errors),
        _ => TAKES.to_owned(),
    };
    errors.push(first, message);
    None
}

fn from_closure(mut closure: syn::ExprClosure, errors: &mut Errors) -> Option<Fallback> {
    if let Some(word) = closure.asyncness {
        errors.push(
            word.span(),
            "remove `async`: `.await` may be used in `fallback = |cause| expr` as it is",
        );
        return None;
    }
    if let syn::ReturnType::Type(arrow, _) = &closure.output {
        let message = "remove the return type: the closure returns what the function returns";
        errors.push(arrow.spans[0], message);
        return None;
    }
    if closure.inputs.len() != 1 {
        let message = "the closure takes one parameter, as in `fallback = |cause| expr`; the parameters of the \
                       function can be used in it by their names";
        errors.push(closure.inputs_begin.span(), message);
        return None;
    }
    let cause = closure.inputs.pop()?;
    Some(Fallback::Closure(Box::new(Closure {
        cause,
        body: *closure.body,
    })))
}
