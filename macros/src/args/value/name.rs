//! The name of a breaker: a string or the path of a constant.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::args::value::literal;
use crate::diagnostics::Errors;
use crate::limits::{MAX_NAME_CHARS, is_unprintable};
use crate::tokens::{is, written};

/// The name, as it was written.
#[derive(Clone)]
pub(crate) enum Name {
    Text(syn::LitStr),
    Path(syn::Path),
}

pub(super) fn parse(tokens: &[TokenTree], errors: &mut Errors) -> Option<Name> {
    if let Some(path) = literal::path(tokens) {
        return Some(Name::Path(path));
    }
    let Some(text) = literal::string(tokens) else {
        errors.push(literal::span(tokens), not_a_string(tokens));
        return None;
    };
    let value = text.value();
    let message = if let Some((fixed, parameter)) = formatted(&value) {
        format!(
            "a name has no placeholders; for one breaker per value, write `name = \"{fixed}\", key = {parameter}`"
        )
    } else if value.trim().is_empty() {
        "`name` is empty; write for example `name = \"orders\"`".to_owned()
    } else if value.chars().any(is_unprintable) {
        "`name` holds a character that cannot be printed".to_owned()
    } else if value.chars().count() > MAX_NAME_CHARS {
        format!("`name` is too long; the limit is {MAX_NAME_CHARS} characters")
    } else {
        return Some(Name::Text(text));
    };
    errors.push(text.span(), message);
    None
}

/// Stands for an expression that the message cannot guess.
const UNKNOWN: &str = "<expression>";

/// Splits a name with a placeholder: `orders-{id}` into `orders` and `id`.
///
/// A name with braces looks as if values were inserted, so braces are refused in every name.
fn formatted(name: &str) -> Option<(&str, &str)> {
    let (before, after) = name.split_once(['{', '}'])?;
    let parameter = after.split(['}', ':']).next().unwrap_or_default().trim();
    let is_expression = syn::parse_str::<syn::Expr>(parameter).is_ok();
    let fixed = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    Some((
        if fixed.is_empty() { "orders" } else { fixed },
        if is_expression { parameter } else { UNKNOWN },
    ))
}

/// Returns the message for a value that is neither a string nor a path.
fn not_a_string(tokens: &[TokenTree]) -> String {
    let per_value = |fixed: &str, parameter: &str| {
        format!(
            "`name` is fixed at compile time; for one breaker per value, write `name = \"{fixed}\", key = {parameter}`"
        )
    };
    match tokens {
        [.., TokenTree::Ident(word), bang, TokenTree::Group(group)] if is(bang, '!') && word == "format" => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let mut arguments = inside.split(|token| is(token, ','));
            let text = arguments
                .next()
                .and_then(literal::string)
                .map(|text| text.value());
            let (fixed, inline) = text.as_deref().and_then(formatted).unwrap_or(("orders", UNKNOWN));
            match arguments.next() {
                Some(argument) if inline == UNKNOWN && !argument.is_empty() => {
                    per_value(fixed, &written(argument))
                }
                _ => per_value(fixed, inline),
            }
        }
        [.., bang, TokenTree::Group(_)] if is(bang, '!') => {
            "`name` takes a string; macros are not expanded here, so write the string or a constant"
                .to_owned()
        }
        [.., TokenTree::Group(call)] if call.delimiter() == Delimiter::Parenthesis && tokens.len() > 1 => {
            per_value("orders", UNKNOWN)
        }
        _ => format!(
            "`name` takes a string; write `name = \"{}\"`",
            without_quotes(tokens)
        ),
    }
}

/// Returns the name in `b"orders"`, `'a'` or `[orders]`, for a suggestion.
fn without_quotes(tokens: &[TokenTree]) -> String {
    let all: TokenStream = tokens.iter().cloned().collect();
    let all = all.to_string();
    match all.split('"').collect::<Vec<_>>().as_slice() {
        [_, inside, _] => (*inside).to_owned(),
        _ => all.replace(['"', '\'', ' '], ""),
    }
}
