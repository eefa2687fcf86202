//! Values that somebody is still typing.
//!
//! rust-analyzer repairs unfinished code in a function before it calls the macro, but not in the
//! arguments. If the output did not parse, it would report that as a second error.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Pat, Token};

use crate::tokens::is;

/// What a value is parsed as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Expression,
    /// A pattern, perhaps with a guard.
    Pattern,
}

/// Returns the tokens of the user with what they lack to be parsed.
///
/// What is added stands where the user will go on typing.
pub(super) fn repaired(tokens: &[TokenTree], place: Place) -> Option<TokenStream> {
    let written: TokenStream = tokens.iter().cloned().collect();
    let attempts: [&dyn Fn() -> TokenStream; 3] = [&|| written.clone(), &|| filled(tokens, place), &|| {
        let all: Vec<TokenTree> = filled(tokens, place).into_iter().collect();
        with_statements(&all)
    }];
    let found = attempts
        .into_iter()
        .map(|attempt| attempt())
        .find(|tokens| is_whole(tokens, place));
    found.map(apart)
}

/// Returns the tokens so that the last one does not join the one behind them.
///
/// In `500.., fallback = f`, the second dot is written next to the comma. Before a `=>`, it would
/// become `..=`.
fn apart(tokens: TokenStream) -> TokenStream {
    let mut all: Vec<TokenTree> = tokens.into_iter().collect();
    if let Some(TokenTree::Punct(last)) = all.last_mut() {
        let span = last.span();
        *last = Punct::new(last.as_char(), Spacing::Alone);
        last.set_span(span);
    }
    all.into_iter().collect()
}

fn is_whole(tokens: &TokenStream, place: Place) -> bool {
    match place {
        Place::Expression => syn::parse2::<Expr>(tokens.clone()).is_ok(),
        Place::Pattern => with_guard.parse2(tokens.clone()).is_ok(),
    }
}

fn with_guard(input: ParseStream) -> syn::Result<()> {
    Pat::parse_multi_with_leading_vert(input)?;
    if input.parse::<Option<Token![if]>>()?.is_some() {
        input.parse::<Expr>()?;
    }
    Ok(())
}

/// Fills each hole, in groups too.
fn filled(tokens: &[TokenTree], place: Place) -> TokenStream {
    let mut place = place;
    let mut filled = Vec::new();
    let mut has_match = false;
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        match token {
            TokenTree::Ident(word) => {
                has_match |= word == "match";
                if word == "if" {
                    place = Place::Expression;
                }
            }
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let is_match = has_match && group.delimiter() == Delimiter::Brace;
                has_match &= !is_match;
                let stream = if is_match {
                    arms(&inside)
                } else {
                    elements(&inside, place)
                };
                filled.push(TokenTree::Group(regrouped(group, stream)));
                continue;
            }
            // A field is wanted: without the dot, its owner is left.
            _ if is_dot(tokens, at) && !continues_field(next) => {
                if next.is_some_and(|next| matches!(next, TokenTree::Ident(_))) {
                    filled.extend(quote!(;));
                }
                continue;
            }
            _ => {}
        }
        filled.push(token.clone());
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        if ends_path(before, token) && !continues_path(next) {
            filled.push(TokenTree::Ident(Ident::new("__unfinished", Span::call_site())));
        }
    }
    if lacks_operand(&filled) {
        filled.extend(placeholder(place));
    }
    filled.into_iter().collect()
}

/// Fills what stands between commas.
fn elements(tokens: &[TokenTree], place: Place) -> TokenStream {
    let mut all = TokenStream::new();
    for element in tokens.split_inclusive(|token| is(token, ',')) {
        match element {
            [element @ .., comma] if is(comma, ',') => {
                all.extend(filled(element, place));
                all.extend([comma.clone()]);
            }
            element => all.extend(filled_unless_empty(element, place)),
        }
    }
    all
}

fn filled_unless_empty(tokens: &[TokenTree], place: Place) -> TokenStream {
    if tokens.is_empty() {
        return TokenStream::new();
    }
    filled(tokens, place)
}

/// Fills the arms of a `match`, and completes the last one.
fn arms(tokens: &[TokenTree]) -> TokenStream {
    let all: Vec<TokenTree> = elements(tokens, Place::Expression).into_iter().collect();
    let last = all.rsplit(|token| is(token, ',')).next().unwrap_or_default();
    let is_arrow = |pair: &[TokenTree]| matches!(pair, [a, b] if is(a, '=') && is(b, '>'));
    let arrow = last.windows(2).rposition(is_arrow);
    let unfinished = match arrow {
        None => !last.is_empty(),
        // Behind the block of an arm, the next arm needs no comma.
        Some(at) => matches!(last.get(at + 2..), Some([TokenTree::Group(block), _, ..])
            if block.delimiter() == Delimiter::Brace),
    };
    let rest = unfinished.then(|| quote!(=> loop {}));
    quote!(#(#all)* #rest)
}

/// Separates statements at the place where a `;` is missing.
///
/// It is missing where somebody types, so there is one such place.
fn with_statements(tokens: &[TokenTree]) -> TokenStream {
    let separated = tokens.iter().map(|token| match token {
        TokenTree::Group(group) => {
            let inside: Vec<TokenTree> = with_statements(&group.stream().into_iter().collect::<Vec<_>>())
                .into_iter()
                .collect();
            let stream = if group.delimiter() == Delimiter::Brace {
                separated(&inside)
            } else {
                inside.into_iter().collect()
            };
            TokenTree::Group(regrouped(group, stream))
        }
        other => other.clone(),
    });
    separated.collect()
}

/// Returns the statements of a block, with one more `;` if they need it.
fn separated(tokens: &[TokenTree]) -> TokenStream {
    let is_block = |tokens: &TokenStream| syn::parse2::<syn::Block>(quote!({ #tokens })).is_ok();
    let written: TokenStream = tokens.iter().cloned().collect();
    if is_block(&written) {
        return written;
    }
    let positions = (1..=tokens.len())
        .rev()
        .filter_map(|at| tokens.split_at_checked(at));
    let mut attempts = positions.map(|(before, behind)| quote!(#(#before)* ; #(#behind)*));
    attempts.find(is_block).unwrap_or(written)
}

fn regrouped(group: &Group, stream: TokenStream) -> Group {
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span());
    regrouped
}

/// Whether `.` stands there, and not a part of `..`.
fn is_dot(tokens: &[TokenTree], at: usize) -> bool {
    let is_dot = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| is(token, '.'))
    };
    is_dot(Some(at)) && !is_dot(Some(at + 1)) && !is_dot(at.checked_sub(1))
}

/// Whether the token is a field, a method or `await`.
fn continues_field(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Ident(word)) => word == "await" || !is_keyword(word),
        Some(TokenTree::Literal(_)) => true,
        _ => false,
    }
}

fn ends_path(before: Option<&TokenTree>, token: &TokenTree) -> bool {
    is(token, ':') && before.is_some_and(|before| is(before, ':'))
}

fn continues_path(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Ident(_)) => true,
        Some(other) => is(other, '<'),
        None => false,
    }
}

/// Whether something must stand behind the last token.
fn lacks_operand(tokens: &[TokenTree]) -> bool {
    match tokens {
        [] => true,
        [.., TokenTree::Ident(word)] => ["if", "match", "in", "move", "async"]
            .iter()
            .any(|known| word == known),
        [.., before, last] if is(before, '.') && is(last, '.') => false,
        [.., last] => "+-*/%^!&|=<>".chars().any(|operator| is(last, operator)),
    }
}

fn placeholder(place: Place) -> TokenStream {
    match place {
        Place::Expression => quote!(loop {}),
        Place::Pattern => quote!(_),
    }
}

fn is_keyword(word: &Ident) -> bool {
    syn::parse_str::<Ident>(&word.to_string()).is_err()
}
