//! A cursor over the tokens between the parentheses.

use proc_macro2::{Delimiter, Spacing, Span, TokenTree};

/// The tokens, and where we are.
pub(crate) struct Tokens {
    all: Vec<TokenTree>,
    pub(crate) at: usize,
}

impl Tokens {
    pub(crate) fn new(all: Vec<TokenTree>) -> Self {
        Self { all, at: 0 }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.all.len()
    }

    /// Some of the tokens; none where there are none.
    pub(crate) fn range(&self, from: usize, to: usize) -> &[TokenTree] {
        self.all.get(from..to).unwrap_or_default()
    }

    pub(crate) fn rest(&self) -> &[TokenTree] {
        self.all.get(self.at..).unwrap_or_default()
    }

    /// Goes to the next comma (or semicolon) at this level.
    pub(crate) fn skip(&mut self) {
        self.at += 1;
        while self.at < self.all.len() && !self.ends(0) {
            self.at += 1;
        }
    }

    /// Where a value that is one literal or path ends: at a comma, or where the next argument starts without one.
    pub(crate) fn simple_end(&self) -> usize {
        let mut offset = 1;
        while self.peek(offset).is_some() && !self.ends(offset) && !self.starts_argument(offset) {
            offset += 1;
        }
        self.at + offset
    }

    /// Where the next argument starts, for a value that is broken: at `, ident =`, at `, ident` where that is all that is left
    /// (a key that is being typed), or at the end.
    pub(crate) fn recovery_point(&self) -> usize {
        let mut offset = 0;
        while self.peek(offset).is_some() {
            let last = self.peek(offset + 1).is_none();
            let last_word =
                self.peek(offset + 2).is_none() && matches!(self.peek(offset + 1), Some(TokenTree::Ident(_)));
            if self.ends(offset) && (last || last_word || self.starts_argument(offset + 1)) {
                break;
            }
            offset += 1;
        }
        self.at + offset
    }

    /// `ident =`, and not `==` or `=>`.
    pub(crate) fn starts_argument(&self, offset: usize) -> bool {
        let single = match self.peek(offset + 1) {
            Some(TokenTree::Punct(p)) if p.as_char() == '=' => {
                p.spacing() == Spacing::Alone
                    || !(self.is_punct(offset + 2, '=') || self.is_punct(offset + 2, '>'))
            }
            _ => false,
        };
        single && matches!(self.peek(offset), Some(TokenTree::Ident(_)))
    }

    pub(crate) fn ends(&self, offset: usize) -> bool {
        self.is_punct(offset, ',') || self.is_punct(offset, ';')
    }

    pub(crate) fn is_punct(&self, offset: usize, c: char) -> bool {
        self.peek(offset).is_some_and(|token| is(token, c))
    }

    pub(crate) fn peek(&self, offset: usize) -> Option<&TokenTree> {
        self.all.get(self.at + offset)
    }
}

pub(crate) fn is(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == c)
}

/// The span of a token; of a group, its opening delimiter or, if that is invisible, its first token.
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
