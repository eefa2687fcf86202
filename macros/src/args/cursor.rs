//! A cursor over the tokens between the parentheses.

use proc_macro2::{Spacing, TokenTree};

use crate::tokens::is;

/// The tokens, and the position in them. An `offset` counts from that position.
pub(crate) struct Cursor {
    all: Vec<TokenTree>,
    pub(crate) at: usize,
}

impl Cursor {
    pub(crate) fn new(all: Vec<TokenTree>) -> Self {
        Self { all, at: 0 }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.all.len()
    }

    /// Returns the tokens from one position to another.
    pub(crate) fn range(&self, from: usize, to: usize) -> &[TokenTree] {
        self.all.get(from..to).unwrap_or_default()
    }

    /// Returns the tokens from the position on.
    pub(crate) fn rest(&self) -> &[TokenTree] {
        self.all.get(self.at..).unwrap_or_default()
    }

    /// Moves to the next comma or semicolon after the position.
    pub(crate) fn skip(&mut self) {
        self.at += 1;
        while self.at < self.all.len() && !self.ends(0) {
            self.at += 1;
        }
    }

    /// Returns the end of a value that is one literal or path.
    ///
    /// That is a comma, or the next argument if the comma is missing.
    pub(crate) fn simple_end(&self) -> usize {
        let mut offset = 1;
        while self.peek(offset).is_some() && !self.ends(offset) && !self.starts_argument(offset) {
            offset += 1;
        }
        self.at + offset
    }

    /// Returns where parsing continues after a broken value.
    ///
    /// That is `, ident =` or the end. `, ident` at the end counts too: the user is typing that
    /// key.
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

    /// Returns whether `ident =` stands at the offset; `==` and `=>` do not count.
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

    /// Returns whether a comma or semicolon stands at the offset.
    pub(crate) fn ends(&self, offset: usize) -> bool {
        self.is_punct(offset, ',') || self.is_punct(offset, ';')
    }

    /// Returns whether the punctuation character `c` stands at the offset.
    pub(crate) fn is_punct(&self, offset: usize, c: char) -> bool {
        self.peek(offset).is_some_and(|token| is(token, c))
    }

    /// Returns the token at the offset.
    pub(crate) fn peek(&self, offset: usize) -> Option<&TokenTree> {
        self.all.get(self.at + offset)
    }
}
