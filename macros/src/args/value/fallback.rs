//! A fallback: a path, a path in a string, or a closure over the cause.

use proc_macro2::{Ident, Span, TokenTree};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprPath, Pat};

use crate::args::value::source::Source;
use crate::args::value::{literal, open_ended};
use crate::diagnostics::Errors;
use crate::tokens::{first_span, is, shown, written};

const TAKES: &str = "`fallback` takes the path of a function, as in `fallback = cached_orders`";

/// The longest call that a message repeats.
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
    /// The parameter.
    pub(crate) cause: Pat,
    pub(crate) body: Expr,
}

pub(super) fn parse(source: &Source<'_>, errors: &mut Errors) -> (Option<Fallback>, usize) {
    let own = source.tokens.get(..source.recovery).unwrap_or_default();
    if let Some((span, message)) = half_typed(own) {
        errors.push(span, message);
        return (None, source.recovery);
    }
    let first = source.tokens.first().map_or_else(Span::call_site, first_span);
    let (expr, taken) = open_ended::expression(source, errors);
    (expr.and_then(|expr| from_expr(expr, first, errors)), taken)
}

/// Parses the string form.
///
/// It works like a path, but an editor cannot rename it.
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
        "`fallback` is empty; write the path of a function, as in `fallback = cached_orders`".to_owned()
    } else if written.starts_with("$crate") {
        format!("a string cannot contain `$crate`; write it without quotes: `fallback = {written}`")
    } else if let Some(path) = written.strip_suffix("::") {
        format!("the path ends in `::`; write `fallback = {path}`")
    } else if let Some((path, _)) = written.split_once('(') {
        format!("`fallback` takes a path, not a call; write `fallback = {path}`")
    } else {
        format!("`{written}` is not a path to a function")
    };
    errors.push(span, message);
    None
}

/// Finds values that syn would reject with an error that does not help.
///
/// These are `path::`, `f<u8>`, and values that start with punctuation.
fn half_typed(tokens: &[TokenTree]) -> Option<(Span, String)> {
    let found = generic_arguments(tokens);
    found.or_else(|| match tokens {
        [TokenTree::Ident(_), .., last] if is(last, ':') => Some((
            last.span(),
            "the path ends in `::`; write the name of a function".to_owned(),
        )),
        [first @ TokenTree::Punct(_), ..] if !is(first, '|') && !is(first, ':') && !is(first, '<') => {
            Some((first_span(first), format!("{TAKES}, found `{}`", shown(first))))
        }
        _ => None,
    })
}

/// Finds `f<u8>`, which syn would parse as a comparison.
fn generic_arguments(tokens: &[TokenTree]) -> Option<(Span, String)> {
    let is_behind = |token: &TokenTree| !matches!(token, TokenTree::Ident(_)) && !is(token, ':');
    let (path, behind) = tokens.split_at_checked(tokens.iter().position(is_behind)?)?;
    let next = behind.first().filter(|next| is(next, '<'))?;
    matches!(path.last()?, TokenTree::Ident(_)).then(|| {
        let path: String = path.iter().map(ToString::to_string).collect();
        let message = format!("generic arguments are inferred; write `fallback = {path}`");
        (next.span(), message)
    })
}

/// Converts an expression; `first` is the span of its first token.
fn from_expr(expr: Expr, first: Span, errors: &mut Errors) -> Option<Fallback> {
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
        // If `fallback = method` does not resolve, rustc suggests `self.method`.
        Expr::MethodCall(call) if is_self(&call.receiver) => not_a_field_or_call(&call.method),
        Expr::Field(syn::ExprField {
            base,
            member: syn::Member::Named(method),
            ..
        }) if is_self(&base) => not_a_field_or_call(&method),
        Expr::Await(waited) => return from_expr(*waited.base, first, errors),
        _ => TAKES.to_owned(),
    };
    errors.push(first, message);
    None
}

/// Returns the message for a call.
///
/// For `f(id)` it suggests the path `f`; for `Ok(5)` it suggests a closure.
fn called(call: &syn::ExprCall) -> String {
    let Expr::Path(path) = &*call.func else {
        return TAKES.to_owned();
    };
    let shown = |tokens: &dyn quote::ToTokens| {
        let tokens: Vec<TokenTree> = tokens.to_token_stream().into_iter().collect();
        written(&tokens)
    };
    let is_type = |name: &str| name != "Self" && name.starts_with(char::is_uppercase);
    let is_answer = path
        .path
        .segments
        .iter()
        .any(|segment| is_type(&segment.ident.to_string()));
    let (path, call) = (shown(path), shown(call));
    if is_answer && call.len() <= LONGEST_CALL {
        return format!(
            "`fallback` takes the path of a function or a closure; did you mean `fallback = |_| {call}`?"
        );
    }
    format!(
        "`fallback` takes a path, not a call; write `fallback = {path}`, which gets the arguments of the function"
    )
}

fn not_a_field_or_call(method: &Ident) -> String {
    format!("`fallback` takes the path of a method; write `fallback = Self::{method}`")
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
            "a fallback closure may use `.await` without `async`; remove `async`",
        );
        return None;
    }
    if let syn::ReturnType::Type(arrow, _) = &closure.output {
        let message = "a fallback closure returns what the function returns; remove the return type";
        errors.push(arrow.spans[0], message);
        return None;
    }
    if closure.inputs.len() != 1 {
        let message = "a fallback closure takes one parameter, as in `fallback = |cause| expr`; it may also use the \
                       parameters of the function";
        errors.push(closure.inputs_begin.span(), message);
        return None;
    }
    let cause = closure.inputs.pop()?;
    Some(Fallback::Closure(Box::new(Closure {
        cause,
        body: *closure.body,
    })))
}
