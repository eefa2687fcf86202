//! Checks on single tokens, and how a message quotes them.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;

/// Returns whether the token is the punctuation character `c`.
pub(crate) fn is(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == c)
}

/// Returns the span of a token; of a group, that of its opening delimiter.
///
/// An invisible group has no delimiter in the source, so its first token stands for it.
pub(crate) fn first_span(token: &TokenTree) -> Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => group
            .stream()
            .into_iter()
            .next()
            .map_or_else(|| group.span(), |first| first_span(&first)),
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}

/// Returns the token as a message quotes it; a group by its opening delimiter.
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

/// Returns whether the tokens mention a name, even in a format string:
/// `"{id}"`.
pub(crate) fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Literal(literal) => formats(&literal.to_string(), &name.unraw().to_string()),
        TokenTree::Punct(_) => false,
    })
}

/// Returns whether an expression uses the name as a variable.
///
/// A field, a method or a part of a path is not a variable. A name that the expression itself binds
/// counts too.
pub(crate) fn uses(expression: &TokenStream, name: &Ident) -> bool {
    is_used_in(expression.clone(), false, name)
}

/// Like [`uses`].
///
/// `in_braces`: the tokens are those of `{ … }`, in which `name:` is a field.
fn is_used_in(tokens: TokenStream, in_braces: bool, name: &Ident) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_at =
        |at: Option<usize>, c: char| at.and_then(|at| tokens.get(at)).is_some_and(|token| is(token, c));
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(word) if word == name => {
            let (last, second_last) = (at.checked_sub(1), at.checked_sub(2));
            let is_member = is_at(last, '.') && !is_at(second_last, '.');
            let ends_path = is_at(last, ':') && is_at(second_last, ':');
            let has_colon = is_at(Some(at + 1), ':');
            let starts_path = has_colon && is_at(Some(at + 2), ':');
            let is_field = in_braces && has_colon && (at == 0 || is_at(last, ','));
            !(is_member || ends_path || starts_path || is_field)
        }
        TokenTree::Group(group) => is_used_in(group.stream(), group.delimiter() == Delimiter::Brace, name),
        TokenTree::Literal(literal) => formats(&literal.to_string(), &name.unraw().to_string()),
        _ => false,
    })
}

/// Returns all words in the tokens.
pub(crate) fn words(tokens: TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => found.append(&mut words(group.stream())),
            TokenTree::Ident(word) => found.push(word),
            _ => {}
        }
    }
    found
}

/// Returns whether a format string uses the name.
///
/// `{id}`, `{id:?}`, or as a width, `{:id$}`.
///
/// There, `r#type` is written `type`.
fn formats(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let after = after.get(name.len()..).unwrap_or_default();
        let opens = before.trim_end().ends_with('{');
        let is_argument = opens && after.trim_start().starts_with(['}', ':']);
        let is_part_of_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        is_argument || (after.starts_with('$') && !is_part_of_word)
    })
}

/// Returns the tokens as a person would write them, for a suggestion.
///
/// `TokenStream::to_string` writes more blanks: `Err(Error :: Down)`.
pub(crate) fn written(tokens: &[TokenTree]) -> String {
    let closure_parameters = match tokens {
        [first, rest @ ..] if is(first, '|') => rest.iter().position(|token| is(token, '|')).map(|at| at + 1),
        _ => None,
    };
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = tokens.get(..at).unwrap_or_default();
        let is_inside_closure = closure_parameters.is_some_and(|end| at == 1 || at == end);
        if !is_inside_closure && is_apart(before, token) {
            text.push(' ');
        }
        match token {
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace if inside.is_empty() => ("{", "}"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.extend([open, &written(&inside), close]);
            }
            other => text += &other.to_string(),
        }
    }
    text
}

/// Returns whether a blank stands between a token and those before it.
fn is_apart(before: &[TokenTree], token: &TokenTree) -> bool {
    let [.., last] = before else {
        return false;
    };
    let ends_path = matches!(before, [.., first, _] if is(first, ':') && is(last, ':'));
    let is_any =
        |token: &TokenTree, of: &str| matches!(token, TokenTree::Punct(p) if of.contains(p.as_char()));
    let is_sign = before.len() == 1 && is_any(last, "-*");
    let is_joint = matches!(last, TokenTree::Punct(p) if p.spacing() == Spacing::Joint);
    let is_call = matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::Brace)
        && !matches!(last, TokenTree::Punct(_));
    let is_tight = is_any(token, ",;.:?!<>") || is_any(last, ".?!&<>'#");
    is_any(last, ",;") || !(is_joint || is_sign || ends_path || is_call || is_tight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect("tokens")
    }

    #[test]
    fn a_suggestion_repeats_the_value_as_it_was_written() {
        for text in [
            "Err(Error::Down)",
            "Err(Error::Down | Error::Slow(_))",
            "Ok(Page { id, .. })",
            "<Type as Trait>::other",
            "cached::<u8>(id, 1)",
            "|_| Ok(5)",
            "vec![1, 2]",
            "&self.name",
            "-5",
            "a + b",
            "10 seconds",
            "LIMIT",
        ] {
            let all: Vec<TokenTree> = tokens(text).into_iter().collect();
            assert_eq!(written(&all), text);
        }
    }

    #[test]
    fn a_field_a_method_or_a_path_is_not_a_use_of_a_variable() {
        let name = syn::parse_str::<Ident>("id").expect("a name");
        for text in [
            "id",
            "Error { id }",
            "Error { id, source }",
            "Error { number: id }",
            "id.clone()",
            "0..id",
            "id(1)",
            r#"format!("{id}")"#,
            "{ let id: u64 = 5; id }",
        ] {
            assert!(uses(&tokens(text), &name), "{text}");
        }
        for text in [
            "refusal.id",
            "refusal.id()",
            "Error { id: 5 }",
            "Error { a: 1, id: 5 }",
            "id::make()",
            "self::id",
        ] {
            assert!(!uses(&tokens(text), &name), "{text}");
        }
    }

    #[test]
    fn a_name_in_a_format_string_is_a_use() {
        let uses = |text: &str, name: &str| {
            let name = syn::parse_str::<Ident>(name).expect("a name");
            mentions(&tokens(text), &name)
        };
        for text in [
            r#"f!("{id}")"#,
            r#"f!("{ id:?}")"#,
            r#"f!("{:id$}")"#,
            r#"f!("{:.id$}")"#,
            "f(id)",
        ] {
            assert!(uses(text, "id"), "{text}");
        }
        assert!(uses(r#"f!("{type}")"#, "r#type"));
        for text in [r#"f!("{ident}")"#, r#"f!("id")"#, r#"f!("{:grid$}")"#, "f(ident)"] {
            assert!(!uses(text, "id"), "{text}");
        }
    }
}
