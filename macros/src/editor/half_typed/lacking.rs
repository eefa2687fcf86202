//! Checks for what must still follow a token.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;

use crate::editor::half_typed::place::Place;
use crate::tokens::is;

/// Returns whether the token is a `.` that is not part of `..`.
pub(super) fn is_dot(tokens: &[TokenTree], at: usize) -> bool {
    let is_dot = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| is(token, '.'))
    };
    is_dot(Some(at)) && !is_dot(Some(at + 1)) && !is_dot(at.checked_sub(1))
}

/// Returns whether the token can follow a dot: a field, a method or `await`.
pub(super) fn continues_field(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Ident(word)) => word == "await" || !is_keyword(word),
        Some(TokenTree::Literal(_)) => true,
        _ => false,
    }
}

/// Returns whether the token is the second half of a `::`.
pub(super) fn ends_path(tokens: &[TokenTree], at: usize) -> bool {
    let mut colons = 0;
    while at
        .checked_sub(colons)
        .is_some_and(|at| tokens.get(at).is_some_and(|token| is(token, ':')))
    {
        colons += 1;
    }
    colons > 0 && colons % 2 == 0
}

pub(super) fn continues_path(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Ident(_)) => true,
        Some(other) => is(other, '<'),
        None => false,
    }
}

/// Returns whether the parameters of a closure have no end.
pub(super) fn is_open_closure(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [bar, rest @ ..] if is(bar, '|') && !rest.iter().any(|token| is(token, '|')))
}

/// Returns whether the tokens end in `if let <pattern>`.
pub(super) fn lacks_value(tokens: &[TokenTree]) -> bool {
    let last = tokens.iter().rposition(is_let);
    let behind = last.and_then(|last| tokens.get(last..)).unwrap_or_default();
    !behind.is_empty() && !behind.iter().any(|token| is(token, '='))
}

/// Returns whether something must follow the last token.
pub(super) fn lacks_operand(tokens: &[TokenTree]) -> bool {
    match tokens {
        [] => false,
        [.., TokenTree::Ident(word)] => {
            let words = [
                "if", "match", "while", "for", "in", "let", "move", "async", "ref", "mut",
            ];
            words.iter().any(|known| word == known)
        }
        // A range needs no end.
        [.., before, last] if is(before, '.') && is(last, '.') => false,
        [.., last] => "+-*/%^!&|=<>".chars().any(|operator| is(last, operator)),
    }
}

/// Returns tokens that stand in for the missing operand.
pub(super) fn placeholder(place: Place, before: &[TokenTree]) -> TokenStream {
    match before {
        // The arguments of a macro.
        [.., TokenTree::Ident(name), bang] if is(bang, '!') && !is_keyword(name) => quote!(()),
        [.., TokenTree::Ident(word)] if word == "let" || word == "for" || word == "mut" => quote!(_),
        [bar] if is(bar, '|') && place == Place::Expression => quote!(| loop {}),
        _ if place == Place::Pattern => quote!(_),
        _ => quote!(loop {}),
    }
}

pub(super) fn is_keyword(word: &Ident) -> bool {
    syn::parse_str::<Ident>(&word.unraw().to_string()).is_err()
}

/// Returns whether the token begins a local.
pub(super) fn is_let(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word == "let")
}
