//! Checks on single tokens, and how a message quotes them.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

/// Whether the token is the punctuation character `c`.
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

/// Whether a name occurs in the tokens, also inside a format string: `"{id}"`.
pub(crate) fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    let in_format = format!("{{{name}");
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(&in_format),
        TokenTree::Punct(_) => false,
    })
}
