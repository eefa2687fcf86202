//! The maker of the error of a refused call: a function, or a closure.

use proc_macro2::Ident;
use quote::{ToTokens as _, quote};
use syn::{Expr, FnArg, Pat, PatType};

use crate::args::key::Key;
use crate::args::value::{Closure, Value};
use crate::args::{Arg, Args};
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::item::params;
use crate::plan::{fallback, output};
use crate::tokens::{uses, words};

/// The value of `error`.
pub(crate) struct ErrorMaker {
    pub(crate) expr: Expr,
    /// The closure, if it uses parameters of the function.
    ///
    /// Without it, the value is a `fn(Refusal) -> E`.
    pub(crate) capturing: Option<Closure>,
}

/// Returns the value, after the checks that need the function.
pub(super) fn from(args: &Args, item: &Item, errors: &mut Errors) -> Option<ErrorMaker> {
    let arg = args.get(Key::Error)?;
    let Value::ErrorMaker(expr) = &arg.value else {
        return None;
    };
    if output::never_returns(item) {
        let name = &item.sig.ident;
        let message = format!("`{name}` never returns, so there is no error to make; remove `error`");
        errors.push(arg.ident.span(), message);
    }
    let capturing = closure(expr).filter(|closure| captures(closure, item));
    if let Some(closure) = &capturing
        && args.is_typed(Key::Timeout)
    {
        check_owned_self(closure, arg, item, errors);
    }
    Some(ErrorMaker {
        expr: (**expr).clone(),
        capturing,
    })
}

fn closure(expr: &Expr) -> Option<Closure> {
    let Expr::Closure(closure) = expr else {
        return None;
    };
    Some(Closure {
        cause: closure.inputs.first()?.clone(),
        body: (*closure.body).clone(),
    })
}

fn captures(closure: &Closure, item: &Item) -> bool {
    let body = closure.body.to_token_stream();
    let shadowed = params::bindings(&closure.cause);
    let is_used = |name: Ident| !shadowed.contains(&name) && uses(&body, &name);
    item.sig.inputs.iter().any(|input| match input {
        FnArg::Receiver(receiver) => is_used(receiver.self_token.into()),
        FnArg::Typed(input) => names(input).into_iter().any(is_used),
    })
}

/// Returns the names that the parameter binds; of a macro, all its identifiers.
fn names(input: &PatType) -> Vec<Ident> {
    let pat: &Pat = &input.pat;
    if params::has_macro(pat) {
        words(pat.to_token_stream())
    } else {
        params::bindings(pat)
    }
}

/// Reports an owned `self` that both the body and the closure use.
///
/// The closure runs after a timeout too, and the word `self` cannot be bound again to a clone.
fn check_owned_self(closure: &Closure, arg: &Arg, item: &Item, errors: &mut Errors) {
    let expr = &closure.body;
    if fallback::moves_self(&quote!(#expr), item) {
        let message = "the function moves `self`, so `error` cannot use it after a timeout; take `&self`, or make \
                       the error without `self`";
        errors.push(arg.span, message);
    }
}
