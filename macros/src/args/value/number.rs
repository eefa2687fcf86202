//! Whole numbers: a literal, or the path of a constant.

use proc_macro2::TokenTree;

use crate::args::key::Key;
use crate::args::value::{duration, literal};
use crate::diagnostics::Errors;
use crate::limits::{MAX_CONSECUTIVE_FAILURES, MAX_KEYS, MAX_TRIAL_CALLS, MAX_WINDOW_CALLS};
use crate::tokens::{is, shown};

/// A whole number, as it was written.
#[derive(Clone)]
pub(crate) enum Number {
    Literal(u32),
    Path(syn::Path),
}

impl Number {
    /// Returns the value of a literal. Only the compiler can read a constant.
    pub(crate) fn literal(&self) -> Option<u32> {
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
            let half_path = tokens.last().filter(|last| is(last, ':'));
            let span = half_path.map_or_else(|| literal::span(tokens), TokenTree::span);
            errors.push(span, message);
            None
        }
    }
}

fn read(key: Key, tokens: &[TokenTree]) -> Result<u32, String> {
    let name = key.name();
    let example = number_example(key);
    if let (Key::Window, [_, _, ..], Some(text)) = (key, tokens, duration::as_duration(tokens)) {
        return Err(format!(
            "`window` takes a duration string; did you mean `window = {text}`?"
        ));
    }
    match tokens {
        [TokenTree::Literal(literal)] => of_literal(key, literal),
        [minus, TokenTree::Literal(_)] if is(minus, '-') => Err(too_small(key)),
        [TokenTree::Literal(percent), sign] if key == Key::Threshold && is(sign, '%') => Err(format!(
            "a rate is written in quotes; write `threshold = \"{percent}%\"`"
        )),
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
            key.kind().expected(),
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
                largest(key)
            )),
        },
        syn::Lit::Float(float) => Err(fractional(key, float.base10_parse::<f64>().unwrap_or(5.0))),
        syn::Lit::Str(text) if text.value().ends_with('%') => Err(format!(
            "`{name}` takes a number, not a rate; write for example `{}`",
            number_example(key)
        )),
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
    if key == Key::Window && duration::is_unit(int.suffix()) {
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
        return format!("`threshold` takes a whole number or a rate; write `threshold = \"{percent}%\"`");
    }
    format!(
        "`{name}` takes a whole number; write `{}`",
        if whole < 1.0 { 1.0 } else { whole }
    )
}

/// Returns the message for 0, with the reason if it is not obvious.
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

/// Returns the largest accepted value.
///
/// In a `window`, the rules of the plan are stricter.
pub(crate) fn largest(key: Key) -> u32 {
    match key {
        Key::Threshold => MAX_CONSECUTIVE_FAILURES,
        Key::Window => MAX_WINDOW_CALLS,
        Key::TrialCalls => MAX_TRIAL_CALLS,
        Key::MaxKeys => MAX_KEYS,
        _ => u32::MAX,
    }
}

fn number_example(key: Key) -> String {
    if key == Key::Window {
        "window = 20".to_owned()
    } else {
        key.example()
    }
}
