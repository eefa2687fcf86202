//! What answers instead: the path of a function, bare or in a string, or a closure over the cause.

use proc_macro2::{Span, TokenTree};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprPath, Pat};

use super::{literal, shown};
use crate::args::cursor::{first_span, is};
use crate::diagnostics::Errors;

const TAKES: &str = "`fallback` takes the path of an async function, as in `fallback = cached_orders`";

/// Longer calls are not repeated.
const LONGEST_CALL: usize = 60;

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
    let found = generic_arguments(tokens);
    found.or_else(|| match tokens {
        [TokenTree::Ident(_), .., last] if is(last, ':') => Some((
            last.span(),
            "the path ends in `::`; write the name of an async function".to_owned(),
        )),
        [first @ TokenTree::Punct(_), ..] if !is(first, '|') && !is(first, ':') && !is(first, '<') => {
            Some((first_span(first), format!("{TAKES}, found `{}`", shown(first))))
        }
        _ => None,
    })
}

/// `f<u8>`, which is a comparison without `::`.
fn generic_arguments(tokens: &[TokenTree]) -> Option<(Span, String)> {
    let is_part = |token: &&TokenTree| matches!(token, TokenTree::Ident(_)) || is(token, ':');
    let path = tokens.get(..tokens.iter().take_while(is_part).count())?;
    let next = tokens.get(path.len()).filter(|next| is(next, '<'))?;
    matches!(path.last()?, TokenTree::Ident(_)).then(|| {
        let path: String = path.iter().map(ToString::to_string).collect();
        let message = format!("generic arguments are inferred; write `fallback = {path}`");
        (next.span(), message)
    })
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
        Expr::Call(call) => called(&call),
        // What rustc proposes where `fallback = method` is unknown.
        Expr::MethodCall(call) if is_self(&call.receiver) => {
            format!("write only the path: `fallback = Self::{}`", call.method)
        }
        Expr::Field(syn::ExprField {
            base,
            member: syn::Member::Named(method),
            ..
        }) if is_self(&base) => format!("write only the path: `fallback = Self::{method}`"),
        Expr::Await(waited) => return from_expr(*waited.base, first, errors),
        _ => TAKES.to_owned(),
    };
    errors.push(first, message);
    None
}

/// `f(id)` is a path and too much behind it; `Ok(5)` is an answer, which belongs into a closure.
fn called(call: &syn::ExprCall) -> String {
    let Expr::Path(path) = &*call.func else {
        return TAKES.to_owned();
    };
    let written = |tokens: &dyn quote::ToTokens| tokens.to_token_stream().to_string().replace(" :: ", "::");
    let is_type = |name: &str| name != "Self" && name.starts_with(char::is_uppercase);
    let is_answer = path
        .path
        .segments
        .iter()
        .any(|segment| is_type(&segment.ident.to_string()));
    let (path, call) = (written(path), written(call));
    let (path, call) = (path.replace(' ', ""), call.replacen(" (", "(", 1));
    if is_answer && call.len() <= LONGEST_CALL {
        return format!(
            "`fallback` takes the path of an async function or a closure; did you mean `fallback = |_| {call}`?"
        );
    }
    format!("write only the path: `fallback = {path}`; it is called with the arguments of the function")
}

fn is_self(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident("self"))
}

fn from_closure(mut closure: syn::ExprClosure, errors: &mut Errors) -> Option<Fallback> {
    let block = match &*closure.body {
        Expr::Async(block) => Some(block.async_token),
        _ => None,
    };
    if let Some(word) = closure.asyncness.or(block) {
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
