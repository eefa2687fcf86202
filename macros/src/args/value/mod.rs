//! The value of an argument, and the message for a value of another kind.

mod classify;
mod crate_path;
mod duration;
mod error_maker;
mod fallback;
mod fallback_on;
mod literal;
mod name;
mod number;
mod open_ended;
mod pattern;
mod rate;
mod source;
mod switch;

use proc_macro2::{Delimiter, TokenTree};

pub(crate) use self::duration::{Timespan, as_duration, either_unit};
pub(crate) use self::fallback::{Closure, Fallback};
pub(crate) use self::name::Name;
pub(crate) use self::number::{Number, largest};
pub(crate) use self::pattern::{Pattern, as_function};
pub(crate) use self::rate::as_rate;
pub(crate) use self::source::Source;
use crate::args::key::{Key, Kind};
use crate::diagnostics::Errors;

/// One value.
pub(crate) enum Value {
    Name(Name),
    Number(Number),
    Duration(Timespan),
    /// In millionths.
    Rate(u32),
    Pattern(Box<Pattern>),
    Classifier(Box<syn::ExprPath>),
    Fallback(Box<Fallback>),
    /// Whether the fallback also answers failures.
    FallbackOn {
        failure: bool,
    },
    /// A closure or a path.
    ErrorMaker(Box<syn::Expr>),
    Expression(Box<syn::Expr>),
    Switch(bool),
    CratePath(syn::Path),
}

/// Parses a value; returns it with the number of tokens that it took.
///
/// A pattern, a path with generic arguments or an expression may contain commas, so only syn finds
/// its end.
pub(crate) fn parse(key: Key, source: &Source<'_>, errors: &mut Errors) -> (Option<Value>, usize) {
    let is_literal = matches!(source.tokens.first(), Some(TokenTree::Literal(_)));
    let simple = source.tokens.get(..source.simple_end).unwrap_or_default();
    let simple = &without_invisible_groups(simple);
    let is_string = literal::string(simple).is_some();
    let value = match key.kind() {
        Kind::Pattern => return boxed(pattern::parse(key, source, errors), Value::Pattern),
        Kind::Classifier => return boxed(classify::parse(source, errors), Value::Classifier),
        Kind::ErrorMaker => return boxed(error_maker::parse(source, errors), Value::ErrorMaker),
        Kind::Expression => return boxed(open_ended::expression(source, errors), Value::Expression),
        Kind::Fallback if !is_literal => return boxed(fallback::parse(source, errors), Value::Fallback),
        Kind::Fallback => {
            fallback::from_literal(simple, errors).map(|fallback| Value::Fallback(Box::new(fallback)))
        }
        Kind::FallbackOn => fallback_on::parse(simple, errors).map(|failure| Value::FallbackOn { failure }),
        Kind::Switch => switch::parse(key, simple, errors).map(Value::Switch),
        Kind::Name => name::parse(simple, errors).map(Value::Name),
        Kind::CratePath => crate_path::parse(simple, errors).map(Value::CratePath),
        Kind::NumberOrRate if is_string => rate::parse(key, simple, errors).map(Value::Rate),
        Kind::NumberOrDuration if is_string => duration::parse(key, simple, errors).map(Value::Duration),
        Kind::Number | Kind::NumberOrRate | Kind::NumberOrDuration => {
            number::parse(key, simple, errors).map(Value::Number)
        }
        Kind::Rate => rate::parse(key, simple, errors).map(Value::Rate),
        Kind::Duration => duration::parse(key, simple, errors).map(Value::Duration),
    };
    (value, source.simple_end)
}

fn boxed<T>(parsed: (Option<T>, usize), value: fn(Box<T>) -> Value) -> (Option<Value>, usize) {
    let (found, taken) = parsed;
    (found.map(|found| value(Box::new(found))), taken)
}

/// Unpacks invisible groups: the `$value` of a `macro_rules!` arrives in one.
fn without_invisible_groups(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut plain = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                plain.extend(without_invisible_groups(&inside));
            }
            other => plain.push(other.clone()),
        }
    }
    plain
}

/// Returns the duration that a text means, for tests against `humantime`.
#[cfg(any(test, fuzzing))]
pub(crate) fn read_duration(text: &str) -> Option<std::time::Duration> {
    duration::read(Key::Cooldown, text).ok()
}
