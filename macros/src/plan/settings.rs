//! The settings of the breaker, as setters and as checks of constants.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};

use crate::args::key::{Key, Scope};
use crate::args::value::{Name, Number, Timespan, Value};
use crate::args::{Arg, Args};

/// The settings that belong to the breaker, not to this function alone.
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
/// The output contains the path once, so that rustc reports a wrong type once.
pub(crate) struct Constant {
    pub(crate) path: syn::Path,
    pub(crate) alias: Ident,
    pub(crate) ty: TokenStream,
    pub(crate) value: TokenStream,
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
            settings.constants.extend(Constant::of(arg));
        }
        settings
    }
}

impl Constant {
    /// Returns the constant, if the value is one.
    fn of(arg: &Arg) -> Option<Self> {
        let (Value::Number(Number::Path(path))
        | Value::Name(Name::Path(path))
        | Value::Duration(Timespan::Path(path))) = &arg.value
        else {
            return None;
        };
        let last = path.segments.last();
        let span = Span::call_site().located_at(last.map_or_else(Span::call_site, |last| last.ident.span()));
        let (ty, value) = match (arg.key, &arg.value) {
            // The constant may be a number of calls or a duration, and its type decides.
            (Key::Window, _) => {
                let window = Ident::new("window", span);
                (
                    quote!(__fusebox::Window),
                    quote!(__fusebox::Constant(#path).#window()),
                )
            }
            (_, Value::Name(_)) => (quote!(&'static __fusebox::str), quote!(#path)),
            (_, Value::Duration(_)) => (quote!(__fusebox::Duration), quote!(#path)),
            _ => (quote!(__fusebox::u32), quote!(#path)),
        };
        Some(Self {
            path: path.clone(),
            alias: alias(arg.key),
            ty,
            value,
            check: format_ident!("check_{}", arg.key.name(), span = span),
        })
    }
}

/// Returns the name of the constant that generated code uses for the path.
pub(crate) fn alias(key: Key) -> Ident {
    format_ident!("__{}", key.name().to_uppercase())
}

/// Returns the setter of an argument, and the value for it.
///
/// An argument that is not a setting has none.
fn setter(arg: &Arg) -> Option<(&'static str, TokenStream)> {
    if arg.key.scope() != Scope::Setting {
        return None;
    }
    let value = match (arg.key, &arg.value) {
        (Key::Window, Value::Number(Number::Path(_)) | Value::Duration(Timespan::Path(_))) => {
            alias(arg.key).to_token_stream()
        }
        (_, Value::Number(number)) => {
            let calls = number_tokens(arg.key, number);
            match arg.key {
                Key::Threshold => quote!(__fusebox::Threshold::failures(#calls)),
                Key::Window => quote!(__fusebox::Window::calls(#calls)),
                _ => calls,
            }
        }
        (_, Value::Duration(timespan)) => {
            let time = timespan_tokens(arg.key, timespan);
            match arg.key {
                Key::Window => quote!(__fusebox::Window::time(#time)),
                _ => time,
            }
        }
        (_, Value::Rate(millionths)) => {
            let rate = quote!(__fusebox::Rate::from_millionths(#millionths));
            match arg.key {
                Key::Threshold => quote!(__fusebox::Threshold::from_rate(#rate)),
                _ => rate,
            }
        }
        (_, Value::Switch(is_on)) => quote!(#is_on),
        _ => return None,
    };
    Some((arg.key.setter(), value))
}

/// Returns a number as an expression: a literal, or the name of its constant.
pub(crate) fn number_tokens(key: Key, number: &Number) -> TokenStream {
    match number {
        Number::Literal(value) => quote!(#value),
        Number::Path(_) => alias(key).to_token_stream(),
    }
}

/// Returns a duration as an expression: a literal, or the name of its constant.
pub(crate) fn timespan_tokens(key: Key, timespan: &Timespan) -> TokenStream {
    match timespan {
        Timespan::Literal(duration) => {
            let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
            quote!(__fusebox::Duration::new(#seconds, #nanos))
        }
        Timespan::Path(_) => alias(key).to_token_stream(),
    }
}
