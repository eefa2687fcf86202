//! The settings of the breaker, as setters and as checks of constants.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};

use crate::args::key::Key;
use crate::args::value::{Name, Number, Value};
use crate::args::{Arg, Args};

/// What belongs to the breaker, and not to this function alone.
#[derive(Default)]
pub(crate) struct Settings {
    /// `(setter, argument)` for each argument that was written.
    ///
    /// The argument names items of `fusebox::__private`.
    pub(crate) setters: Vec<(&'static str, TokenStream)>,
    /// The constants. Only the compiler can check them.
    pub(crate) constants: Vec<Constant>,
}

/// A value that is a path.
///
/// The output uses the path once, so that rustc reports a wrong type once.
pub(crate) struct Constant {
    pub(crate) path: syn::Path,
    pub(crate) ty: TokenStream,
    pub(crate) alias: Ident,
    /// The function of the runtime that checks the bounds.
    pub(crate) check: Ident,
}

impl Settings {
    pub(crate) fn from(args: &Args) -> Self {
        let mut settings = Self::default();
        for arg in &args.list {
            if let Some((setter, value)) = setter(arg) {
                settings.setters.push((setter, value));
            }
            let path = match &arg.value {
                Value::Number(Number::Path(path)) | Value::Name(Name::Path(path)) => path.clone(),
                _ => continue,
            };
            let span = path
                .segments
                .last()
                .map_or_else(Span::call_site, |last| last.ident.span());
            let check = format_ident!(
                "check_{}",
                arg.key.name(),
                span = Span::call_site().located_at(span)
            );
            let ty = if arg.key == Key::Name {
                quote!(&'static str)
            } else {
                quote!(u32)
            };
            settings.constants.push(Constant {
                path,
                ty,
                alias: alias(arg.key),
                check,
            });
        }
        settings
    }
}

/// Returns the name of the constant that generated code uses for the path.
pub(crate) fn alias(key: Key) -> Ident {
    format_ident!("__{}", key.name().to_uppercase())
}

/// Returns the setter of an argument, and the value for it.
///
/// An argument that belongs to the call has none.
fn setter(arg: &Arg) -> Option<(&'static str, TokenStream)> {
    let rate = |millionths: u32| quote!(__p::Rate::from_millionths(#millionths));
    let number = |number: &Number| match number {
        Number::Literal(value) => quote!(#value),
        Number::Path(_) => alias(arg.key).to_token_stream(),
    };
    Some(match (arg.key, &arg.value) {
        (Key::Threshold, Value::Number(n)) => {
            let failures = number(n);
            ("with_threshold", quote!(__p::Threshold::failures(#failures)))
        }
        (Key::Threshold, Value::Rate(r)) => {
            let rate = rate(*r);
            ("with_threshold", quote!(__p::Threshold::from_rate(#rate)))
        }
        (Key::Window, Value::Number(n)) => {
            let calls = number(n);
            ("with_window", quote!(__p::Window::calls(#calls)))
        }
        (Key::Window, Value::Duration(d)) => {
            let time = duration_tokens(*d);
            ("with_window", quote!(__p::Window::time(#time)))
        }
        (Key::MinimumCalls, Value::Number(n)) => ("with_minimum_calls", number(n)),
        (Key::TrialCalls, Value::Number(n)) => ("with_trial_calls", number(n)),
        (Key::SlowCall, Value::Duration(d)) => ("with_slow_call", duration_tokens(*d)),
        (Key::SlowThreshold, Value::Rate(r)) => ("with_slow_threshold", rate(*r)),
        (Key::Cooldown, Value::Duration(d)) => ("with_cooldown", duration_tokens(*d)),
        (Key::MaxCooldown, Value::Duration(d)) => ("with_max_cooldown", duration_tokens(*d)),
        (Key::Jitter, Value::Rate(r)) => ("with_jitter", rate(*r)),
        _ => return None,
    })
}

/// Returns a `Duration` as an expression.
pub(crate) fn duration_tokens(duration: Duration) -> TokenStream {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    quote!(__p::Duration::new(#seconds, #nanos))
}
