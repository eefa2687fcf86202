//! What stands behind the `=` of an argument, and what is said when it is something else.

mod classify;
mod duration;
mod editor;
mod fallback;
mod literal;
mod number;
mod pattern;
mod rate;

use std::time::Duration;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};

pub(crate) use self::duration::as_duration;
pub(crate) use self::editor::noted;
pub(crate) use self::fallback::{Closure, Fallback};
pub(crate) use self::number::{MOST_CALLS_IN_A_WINDOW, Number, largest};
pub(crate) use self::pattern::Pattern;
pub(crate) use self::rate::as_share;
use crate::args::cursor::{first_span, is};
use crate::args::key::Key;
use crate::diagnostics::Errors;

/// One value, by its kind.
pub(crate) enum Value {
    Name(Name),
    Number(Number),
    Duration(Duration),
    /// A share in millionths.
    Share(u32),
    Pattern(Box<Pattern>),
    Fallback(Box<Fallback>),
    /// `fallback_on`: whether failures are answered too.
    AlsoOnFailure(bool),
    Crate(syn::Path),
    Classify(Box<syn::ExprPath>),
    /// `last_good_key`: over the parameters.
    Key(Box<syn::Expr>),
}

/// The name of a breaker.
#[derive(Clone)]
pub(crate) enum Name {
    Text(syn::LitStr),
    Path(syn::Path),
}

/// Values that may hold commas are read by syn, which knows where they end.
pub(crate) fn is_parsed_by_syn(key: Key, tokens: &[TokenTree]) -> bool {
    match key {
        Key::Failure | Key::Ignore | Key::Classify | Key::LastGoodBy => true,
        Key::Fallback => !matches!(tokens.first(), Some(TokenTree::Literal(_))),
        _ => false,
    }
}

/// Reads a value that goes from the first of `tokens` to an end that only syn can find. A broken one ends at
/// `until`. Returns the value and how many tokens it took.
pub(crate) fn parse_from(
    key: Key,
    tokens: &[TokenTree],
    until: usize,
    errors: &mut Errors,
) -> (Option<Value>, usize) {
    match key {
        Key::Failure | Key::Ignore if pattern::is_closure(tokens) => {
            let name = key.name();
            let message = format!(
                "`{name}` takes a pattern, as in `{}`; a function that judges is named by `classify`",
                key.example()
            );
            errors.push(tokens.first().map_or_else(Span::call_site, first_span), message);
            (None, until)
        }
        Key::Failure | Key::Ignore => {
            let (pattern, taken) = with_syn(tokens, until, pattern::parse, errors);
            let value = pattern.filter(|pattern| pattern.check(key, errors));
            (value.map(|pattern| Value::Pattern(Box::new(pattern))), taken)
        }
        Key::Classify => {
            let (found, taken) = with_syn(tokens, until, <syn::Expr as syn::parse::Parse>::parse, errors);
            let path = found.and_then(|expr| classify::from_expr(&expr, errors));
            (path.map(|path| Value::Classify(Box::new(path))), taken)
        }
        Key::LastGoodBy => {
            let (found, taken) = with_syn(tokens, until, <syn::Expr as syn::parse::Parse>::parse, errors);
            (found.map(|key| Value::Key(Box::new(key))), taken)
        }
        _ => {
            if let Some((span, message)) = fallback::half_typed(tokens.get(..until).unwrap_or_default()) {
                errors.push(span, message);
                return (None, until);
            }
            let (found, taken) = with_syn(tokens, until, <syn::Expr as syn::parse::Parse>::parse, errors);
            let first = tokens.first().map_or_else(Span::call_site, first_span);
            let value = found.and_then(|expr| fallback::from_expr(expr, first, errors));
            (value.map(|fallback| Value::Fallback(Box::new(fallback))), taken)
        }
    }
}

/// Reads a value that is exactly `tokens`.
pub(crate) fn parse(key: Key, tokens: &[TokenTree], errors: &mut Errors) -> Option<Value> {
    let tokens = without_invisible_groups(tokens);
    let tokens = tokens.as_slice();
    match key {
        Key::Name => literal::name(tokens, errors).map(Value::Name),
        Key::Crate => literal::crate_path(tokens, errors).map(Value::Crate),
        Key::FallbackOn => literal::fallback_on(tokens, errors).map(Value::AlsoOnFailure),
        Key::Fallback => {
            fallback::from_literal(tokens, errors).map(|fallback| Value::Fallback(Box::new(fallback)))
        }
        Key::MinimumCalls | Key::TrialCalls | Key::LastGoodCapacity => {
            number::parse(key, tokens, errors).map(Value::Number)
        }
        Key::Threshold if is_string(tokens) => rate::parse(key, tokens, errors).map(Value::Share),
        Key::Threshold => number::parse(key, tokens, errors).map(Value::Number),
        Key::Window if is_string(tokens) => duration::parse(key, tokens, errors).map(Value::Duration),
        Key::Window => number::parse(key, tokens, errors).map(Value::Number),
        Key::SlowThreshold | Key::Jitter => rate::parse(key, tokens, errors).map(Value::Share),
        _ => duration::parse(key, tokens, errors).map(Value::Duration),
    }
}

/// What the value of `key` is, for "expected …".
pub(crate) fn expected(key: Key) -> &'static str {
    match key {
        Key::Name => "a string",
        Key::Threshold | Key::MinimumCalls | Key::TrialCalls | Key::LastGoodCapacity => "a whole number",
        Key::Window => "a duration or a number of calls",
        Key::SlowThreshold | Key::Jitter => "a share such as `\"50%\"`",
        Key::Failure | Key::Ignore => "a pattern",
        Key::Fallback => "the path of an async function",
        Key::FallbackOn => "`\"rejection\"` or `\"failure\"`",
        Key::Classify => "the path of a function",
        Key::LastGoodBy => "an expression",
        Key::Crate => "a path",
        _ => "a duration string",
    }
}

/// A token as it is quoted in a message: a group by its opening delimiter.
pub(crate) fn shown(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "(".to_owned(),
            Delimiter::Brace => "{".to_owned(),
            Delimiter::Bracket => "[".to_owned(),
            Delimiter::None => group.stream().to_string(),
        },
        other => other.to_string(),
    }
}

fn with_syn<T>(
    tokens: &[TokenTree],
    until: usize,
    parse: impl Fn(ParseStream) -> syn::Result<T>,
    errors: &mut Errors,
) -> (Option<T>, usize) {
    let parsed = |tokens: &[TokenTree]| {
        let all = |input: ParseStream| {
            let value = parse(input)?;
            let rest: TokenStream = input.parse()?;
            Ok((value, rest.into_iter().count()))
        };
        all.parse2(tokens.iter().cloned().collect())
    };
    match parsed(tokens) {
        Ok((value, rest)) => {
            let mut taken = tokens.len().saturating_sub(rest).max(1);
            if let Some(next) = tokens.get(taken)
                && !matches!(next, TokenTree::Ident(_))
                && !is(next, ',')
                && !is(next, ';')
            {
                errors.push(first_span(next), format!("expected `,`, found `{}`", shown(next)));
                taken = until.max(taken);
            }
            (Some(value), taken)
        }
        Err(error) => {
            // Of a value that is only half there, the end is wrong, and not the comma behind it.
            let own = tokens.get(..until).unwrap_or_default();
            report(&parsed(own).err().unwrap_or(error), own, errors);
            (None, until)
        }
    }
}

/// Reports the error of syn on one token; "end of input" has none, so the last token stands for it.
fn report(error: &syn::Error, tokens: &[TokenTree], errors: &mut Errors) {
    let message = error.to_string();
    match tokens.last() {
        Some(TokenTree::Group(group)) if message.contains("end of input") => {
            errors.push(group.span_close(), message);
        }
        Some(last) if message.contains("end of input") => errors.push(first_span(last), message),
        _ => errors.push(error.span(), message),
    }
}

/// `$value` of a `macro_rules!` arrives in a group that nobody wrote.
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

fn is_string(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Literal(literal)] if syn::parse_str::<syn::LitStr>(&literal.to_string()).is_ok())
}

/// The duration that a text means, for the properties.
#[cfg(any(test, fuzzing))]
pub(crate) fn read_duration(text: &str) -> Option<std::time::Duration> {
    duration::read(Key::Cooldown, text).ok()
}
