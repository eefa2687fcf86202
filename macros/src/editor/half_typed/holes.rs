//! The places where a name, a value or a block is missing.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::editor::half_typed::lacking::{
    continues_field, continues_path, ends_path, is_dot, is_keyword, is_let, is_open_closure, lacks_operand,
    lacks_value, placeholder,
};
use crate::editor::half_typed::place::Place;
use crate::editor::spans::regrouped;
use crate::tokens::is;

/// Fills each hole of a value, in its groups too.
pub(super) fn filled(tokens: &[TokenTree], place: Place) -> TokenStream {
    let mut filling = Filling {
        place,
        in_guard: place == Place::Pattern,
        block: None,
        angles: 0,
        filled: Vec::new(),
    };
    for at in 0..tokens.len() {
        filling.token(tokens, at);
    }
    filling.finish(tokens.is_empty())
}

/// The tokens up to the current one, and what they still lack.
struct Filling {
    place: Place,
    /// Whether an `if` begins a guard.
    in_guard: bool,
    /// The last word that needs a block, if its block has not come yet.
    block: Option<Ident>,
    /// How many `::<` are open.
    angles: usize,
    filled: Vec<TokenTree>,
}

impl Filling {
    fn token(&mut self, tokens: &[TokenTree], at: usize) {
        let Some(token) = tokens.get(at) else { return };
        let (before, next) = (
            at.checked_sub(1).and_then(|at| tokens.get(at)),
            tokens.get(at + 1),
        );
        match token {
            TokenTree::Ident(word) => self.word(word),
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace
                    && self.block.is_some()
                    && lacks_operand(&self.filled)
                {
                    self.filled.extend(quote!(loop {}));
                }
                let stream = self.group(group, before);
                return self.filled.push(regrouped(group, stream));
            }
            // The field is missing: the dot is left out, and its owner stays.
            _ if is_dot(tokens, at) && !continues_field(next) => {
                if matches!(next, Some(TokenTree::Ident(_))) {
                    self.filled.extend(quote!(;));
                }
                return;
            }
            // One half of `::`.
            _ if is(token, ':') && next.is_none() && matches!(before, Some(TokenTree::Ident(_))) => return,
            _ => self.punctuation(before, token),
        }
        self.filled.push(token.clone());
        if ends_path(tokens, at) && !continues_path(next) {
            self.filled
                .push(TokenTree::Ident(Ident::new("__unfinished", Span::call_site())));
        }
    }

    fn word(&mut self, word: &Ident) {
        if word == "if" && self.in_guard {
            self.in_guard = false;
            self.place = Place::Expression;
        } else if ["if", "else", "match", "while", "for", "loop", "unsafe"]
            .iter()
            .any(|known| word == known)
        {
            self.block = Some(word.clone());
        }
    }

    fn punctuation(&mut self, before: Option<&TokenTree>, token: &TokenTree) {
        let is_behind = |c: char| before.is_some_and(|before| is(before, c));
        if is(token, '<') && is_behind(':') {
            self.angles += 1;
        } else if is(token, '>') && (is_behind('=') || is_behind('-')) {
            // An expression follows the `=>` of an arm.
            self.place = Place::Expression;
            self.in_guard = false;
        } else if is(token, '>') {
            self.angles = self.angles.saturating_sub(1);
        }
    }

    fn group(&mut self, group: &proc_macro2::Group, before: Option<&TokenTree>) -> TokenStream {
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        if group.delimiter() == Delimiter::Brace {
            let block = self.block.take();
            if block.as_ref().is_some_and(|word| word == "match") {
                return arms(&inside);
            }
            let has_fields = block.is_none() && matches!(before, Some(TokenTree::Ident(_)));
            return elements(&inside, self.place, has_fields);
        }
        let is_index = group.delimiter() == Delimiter::Bracket
            && match before {
                Some(TokenTree::Ident(word)) => !is_keyword(word),
                Some(TokenTree::Group(_)) => true,
                _ => false,
            };
        if is_index && inside.is_empty() {
            return quote!(loop {});
        }
        elements(&inside, self.place, false)
    }

    fn finish(mut self, is_missing: bool) -> TokenStream {
        if self.angles > 0 {
            if matches!(self.filled.last(), Some(last) if is(last, '<') || is(last, ',')) {
                self.filled.extend(quote!(_));
            }
            for _ in 0..self.angles {
                self.filled.extend(quote!(>));
            }
        } else if is_missing || lacks_operand(&self.filled) {
            self.filled.extend(placeholder(self.place, &self.filled));
        } else if self.place == Place::Expression && is_open_closure(&self.filled) {
            self.filled.extend(quote!(| loop {}));
        }
        if self.block.is_some() {
            if lacks_value(&self.filled) {
                self.filled.extend(quote!(= loop {}));
            }
            self.filled.extend(quote!({}));
        }
        self.filled.into_iter().collect()
    }
}

/// Fills what stands between commas.
fn elements(tokens: &[TokenTree], place: Place, has_fields: bool) -> TokenStream {
    let mut all = TokenStream::new();
    for (element, comma) in parts(tokens) {
        let value = match element {
            // The value of a field, or the type of a local.
            [first, .., colon] if is(colon, ':') && (has_fields || is_let(first)) => Some(quote!(_)),
            _ => None,
        };
        let filled = match (&value, element.is_empty()) {
            (Some(_), _) => quote!(#(#element)*),
            (None, true) => TokenStream::new(),
            (None, false) => filled(element, place),
        };
        all.extend(quote!(#filled #value #comma));
    }
    all
}

/// Fills the arms of a `match`, and completes each one without an answer.
fn arms(tokens: &[TokenTree]) -> TokenStream {
    let mut all = TokenStream::new();
    for (arm, comma) in parts(tokens) {
        if arm.is_empty() {
            all.extend(quote!(#comma));
            continue;
        }
        // One half of `=>`.
        let (arm, half) = match arm {
            [arm @ .., half] if is(half, '=') => (arm, true),
            arm => (arm, false),
        };
        let filled: Vec<TokenTree> = filled(arm, Place::Pattern).into_iter().collect();
        let answer = (half || lacks_answer(&filled)).then(|| quote!(=> loop {}));
        all.extend(quote!(#(#filled)* #answer #comma));
    }
    all
}

/// Returns whether the last pattern of an arm has no `=>`.
fn lacks_answer(arm: &[TokenTree]) -> bool {
    let is_arrow = |pair: &[TokenTree]| matches!(pair, [a, b] if is(a, '=') && is(b, '>'));
    match arm.windows(2).rposition(is_arrow) {
        None => true,
        // Behind the block of an arm, the next arm needs no comma.
        Some(at) => matches!(arm.get(at + 2..), Some([TokenTree::Group(block), _, ..])
            if block.delimiter() == Delimiter::Brace),
    }
}

/// Splits at the commas.
fn parts(tokens: &[TokenTree]) -> Vec<(&[TokenTree], Option<&TokenTree>)> {
    let mut parts = Vec::new();
    for part in tokens.split_inclusive(|token| is(token, ',')) {
        parts.push(match part {
            [part @ .., comma] if is(comma, ',') => (part, Some(comma)),
            part => (part, None),
        });
    }
    parts
}
