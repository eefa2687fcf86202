//! The fallback of the plan, and the functions that cannot have it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use crate::args::key::Key;
use crate::args::value::{Closure, Fallback, Value};
use crate::args::{Arg, Args};
use crate::diagnostics::Errors;
use crate::item::Item;
use crate::item::params::{self, SelfKind};
use crate::tokens::mentions;

/// Returns the fallback, after the checks that need the function.
pub(super) fn from(args: &Args, item: &Item, errors: &mut Errors) -> Option<Fallback> {
    let arg = args.get(Key::Fallback)?;
    let Value::Fallback(fallback) = &arg.value else {
        return None;
    };
    match &**fallback {
        Fallback::Path(path) if is_itself(path, item) => {
            let name = &item.sig.ident;
            let message = format!("`{name}` cannot be its own fallback; write the path of another function");
            errors.push(arg.span, message);
        }
        Fallback::Closure(closure) if answers_failures(args) => check_owned_self(closure, arg, item, errors),
        _ => {}
    }
    Some((**fallback).clone())
}

/// Returns whether `fallback_on = "failure"` is written.
pub(super) fn answers_failures(args: &Args) -> bool {
    let value = args.get(Key::FallbackOn).map(|arg| &arg.value);
    matches!(value, Some(Value::FallbackOn { failure: true }))
}

fn is_itself(path: &syn::ExprPath, item: &Item) -> bool {
    let mut segments = Vec::new();
    for segment in &path.path.segments {
        segments.push(segment.ident.unraw().to_string());
    }
    let name = item.sig.ident.unraw().to_string();
    let is_method = item.sig.receiver().is_some();
    match segments.as_slice() {
        [function] => !is_method && *function == name,
        [word, function] if word == "Self" => *function == name,
        [word, function] if word == "self" => !is_method && *function == name,
        _ => false,
    }
}

/// Reports an owned `self` that both the body and the closure use.
///
/// With a path, the fallback could be called with a clone of `self`. A closure uses the word
/// `self`, which cannot be bound again.
fn check_owned_self(closure: &Closure, arg: &Arg, item: &Item, errors: &mut Errors) {
    let expr = &closure.body;
    if moves_self(&quote!(#expr), item) {
        let message = "the function moves `self`, so a closure cannot use it after a failure; write the path of a \
                       method, or take `&self`";
        errors.push(arg.span, message);
    }
}

/// Returns whether the method owns `self` and both its body and these tokens
/// use it.
pub(super) fn moves_self(tokens: &TokenStream, item: &Item) -> bool {
    item.sig.receiver().is_some_and(|receiver| {
        let word = Ident::from(receiver.self_token);
        let both = mentions(tokens, &word) && mentions(&item.guarded().stream(), &word);
        both && params::self_kind(receiver) == SelfKind::Owned
    })
}
