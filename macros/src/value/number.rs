//! Whole numbers: a literal or the path of a constant.

use proc_macro2::TokenTree;

use super::{literal, shown};
use crate::diagnostics::Errors;
use crate::keys::Key;
use crate::tokens::is;

/// A count of calls, as it was written.
#[derive(Clone)]
pub(crate) enum Number {
    Literal(u32),
    Path(syn::Path),
}

impl Number {
    /// The value, if the macro can know it.
    pub(crate) fn known(&self) -> Option<u32> {
        match self {
            Self::Literal(value) => Some(*value),
            Self::Path(_) => None,
        }
    }
}

pub(super) fn parse(key: Key, tokens: &[TokenTree], errors: &mut Errors) -> Option<Number> {
    if let Some(path) = literal::path(tokens) {
        return Some(Number::Path(path));
    }
    match read(key, tokens) {
        Ok(value) => Some(Number::Literal(value)),
        Err(message) => {
            errors.push(literal::span(tokens), message);
            None
        }
    }
}

fn read(key: Key, tokens: &[TokenTree]) -> Result<u32, String> {
    let name = key.name();
    let example = number_example(key);
    match tokens {
        [TokenTree::Literal(literal)] => of_literal(key, literal),
        [minus, TokenTree::Literal(_)] if is(minus, '-') => Err(too_small(key)),
        [TokenTree::Ident(word)] if word == "true" || word == "false" => {
            Err(format!("`{name}` takes a whole number, as in `{example}`"))
        }
        [.., last] if is(last, ':') => Err(format!(
            "`{name}` takes a whole number or a constant; the path ends in `::`"
        )),
        [TokenTree::Ident(_), bang, TokenTree::Group(_)] if is(bang, '!') => {
            Err("macros are not expanded here; write the number".to_owned())
        }
        [TokenTree::Punct(p), ..] => Err(format!(
            "expected {}, found `{}`; write `{example}`",
            super::expected(key),
            p.as_char()
        )),
        [] => Err(format!("`{name}` needs a value, as in `{example}`")),
        [TokenTree::Group(group)] => Err(format!(
            "`{name}` takes a single whole number or a constant, found `{}`",
            shown(&TokenTree::Group(group.clone()))
        )),
        _ => Err(format!(
            "`{name}` takes a single whole number or a constant, not an expression"
        )),
    }
}

fn of_literal(key: Key, literal: &proc_macro2::Literal) -> Result<u32, String> {
    let name = key.name();
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Int(int) if !matches!(int.suffix(), "" | "u32") => Err(suffixed(key, &int)),
        syn::Lit::Int(int) => match int.base10_parse::<u32>() {
            Ok(0) => Err(too_small(key)),
            Ok(value) => Ok(value),
            Err(_) => Err(format!(
                "`{name}` is too large; the largest value is {}",
                u32::MAX
            )),
        },
        syn::Lit::Float(float) => Err(fractional(key, float.base10_parse::<f64>().unwrap_or(5.0))),
        syn::Lit::Str(text) => {
            let digits = text.value().trim().parse::<u32>().unwrap_or(5);
            Err(format!(
                "`{name}` takes a number, not a string; write `{name} = {digits}`"
            ))
        }
        _ => Err(format!(
            "`{name}` takes a whole number, as in `{}`",
            number_example(key)
        )),
    }
}

fn suffixed(key: Key, int: &syn::LitInt) -> String {
    if key == Key::Window {
        return format!("`window` takes a duration string; did you mean `window = \"{int}\"`?");
    }
    format!(
        "`{}` is a `u32`; write `{}` without the suffix",
        key.name(),
        int.base10_digits()
    )
}

fn fractional(key: Key, value: f64) -> String {
    let name = key.name();
    let whole = value.trunc();
    if key == Key::Threshold && value > 0.0 && value < 1.0 {
        let percent = (value * 1_000_000.0).round() / 10_000.0;
        return format!("`threshold` takes a whole number or a share; write `threshold = \"{percent}%\"`");
    }
    format!(
        "`{name}` takes a whole number; write `{}`",
        if whole < 1.0 { 1.0 } else { whole }
    )
}

/// With the reason, where it is not obvious.
fn too_small(key: Key) -> String {
    let name = key.name();
    match key {
        Key::Threshold => {
            format!("`{name}` must be at least 1; with 0 the breaker would be open before the first call")
        }
        Key::TrialCalls => format!("`{name}` must be at least 1; with 0 the breaker would never close again"),
        _ => format!("`{name}` must be at least 1"),
    }
}

fn number_example(key: Key) -> String {
    if key == Key::Window {
        "window = 20".to_owned()
    } else {
        key.example()
    }
}
