//! Tokens → arguments: a splitter that cannot fail, and that goes on at the next argument after a mistake.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};

use crate::diagnostics::{Errors, did_you_mean};
use crate::keys::{self, Key};
use crate::value::{self, Value};

/// One argument with its key and its value.
pub(crate) struct Arg {
    pub(crate) key: Key,
    pub(crate) ident: Ident,
    pub(crate) value: Value,
    /// The token that a mistake in the value is reported on.
    pub(crate) span: Span,
}

/// Everything between the parentheses.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) list: Vec<Arg>,
    /// Every key as typed, known or not, for completion.
    pub(crate) typed_keys: Vec<Ident>,
    /// Paths as typed, also half ones, for completion.
    pub(crate) typed_paths: Vec<TokenStream>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut splitter = Splitter {
            tokens,
            at: 0,
            args: Self::default(),
            seen: Vec::new(),
            errors,
        };
        while splitter.at < splitter.tokens.len() {
            splitter.argument();
        }
        splitter.args
    }
}

struct Splitter<'a> {
    tokens: Vec<TokenTree>,
    at: usize,
    args: Args,
    seen: Vec<Key>,
    errors: &'a mut Errors,
}

impl Splitter<'_> {
    fn argument(&mut self) {
        match self.peek(0).cloned() {
            Some(TokenTree::Punct(p)) if p.as_char() == ',' => self.at += 1,
            Some(TokenTree::Punct(p)) if p.as_char() == ';' => {
                self.at += 1;
                self.errors
                    .push(p.span(), "expected `,` between arguments, found `;`");
            }
            Some(TokenTree::Ident(ident)) => self.keyed(&ident),
            Some(other) => {
                self.errors.push(first_span(&other), not_a_key(&other));
                self.skip();
            }
            None => {}
        }
    }

    /// At an identifier: it is an argument, or something that looks like one.
    fn keyed(&mut self, ident: &Ident) {
        if self.is_punct(1, ':') && self.is_punct(2, ':') {
            self.errors
                .push(ident.span(), "expected a single argument name, found a path");
            return self.skip();
        }
        if self.is_punct(1, '-') {
            return self.dashed(ident);
        }
        self.args.typed_keys.push(ident.clone());
        let Some(key) = Key::of(ident) else {
            return self.unknown(ident);
        };
        match self.peek(1).cloned() {
            None => self.without_value(key, ident.span()),
            Some(TokenTree::Punct(p)) if matches!(p.as_char(), ',' | ';') => {
                self.without_value(key, ident.span());
            }
            Some(TokenTree::Punct(p)) if p.as_char() == '=' => self.value(key, ident, p.span()),
            Some(TokenTree::Group(group)) => {
                let message = format!("expected `=` after `{}`; write `{}`", key.name(), key.example());
                self.errors.push(group.span_open(), message);
                self.skip();
            }
            Some(other) => {
                self.errors.push(
                    first_span(&other),
                    format!(
                        "expected `=` after `{}`, found `{}`",
                        key.name(),
                        value::shown(&other)
                    ),
                );
                self.skip();
            }
        }
    }

    /// At the key, with `=` behind it.
    fn value(&mut self, key: Key, ident: &Ident, eq: Span) {
        self.at += 2;
        if let Some(TokenTree::Punct(second)) = self.peek(0)
            && second.as_char() == '='
        {
            let message = format!(
                "expected {}, found `=`; write `{}`",
                value::expected(key),
                key.example()
            );
            self.errors.push(second.span(), message);
            return self.skip();
        }
        if matches!(self.peek(0), None | Some(TokenTree::Punct(_)))
            && (self.peek(0).is_none() || self.ends(0))
        {
            return self.errors.push(eq, needs_value(key));
        }
        if self.starts_argument(0) && self.at_known_key() {
            self.errors.push(eq, needs_value(key));
            return;
        }
        let before = self.at;
        let rest = self.tokens.get(before..).unwrap_or_default();
        let (value, taken) = if value::is_parsed_by_syn(key, rest) {
            let until = self.recovery_point();
            value::parse_from(key, rest, until - before, self.errors)
        } else {
            let taken = self.simple_end() - before;
            (
                value::parse(key, rest.get(..taken).unwrap_or_default(), self.errors),
                taken,
            )
        };
        let span = self.peek(0).map_or(eq, first_span);
        self.note_path(key, before, taken);
        self.at = before + taken.max(1);
        self.finish(key, ident, value, span);
    }

    fn finish(&mut self, key: Key, ident: &Ident, value: Option<Value>, span: Span) {
        if let Some(TokenTree::Ident(next)) = self.peek(0) {
            self.errors
                .push(next.span(), format!("expected `,` before `{next}`"));
        }
        if self.seen.contains(&key) && !key.repeats() {
            let message = format!("`{}` is given more than once; remove one of them", key.name());
            return self.errors.push(ident.span(), message);
        }
        self.seen.push(key);
        if let Some(value) = value {
            self.args.list.push(Arg {
                key,
                ident: ident.clone(),
                value,
                span,
            });
        }
    }

    fn without_value(&mut self, key: Key, span: Span) {
        self.errors.push(span, needs_value(key));
        self.at += 1;
    }

    fn unknown(&mut self, ident: &Ident) {
        let start = self.at;
        self.skip();
        let has_value = self.tokens.get(start + 1).is_some_and(|t| is(t, '='));
        let value = self
            .tokens
            .get(start + 2..self.at)
            .filter(|_| has_value)
            .unwrap_or_default();
        self.errors.push(
            ident.span(),
            keys::unknown(ident, &value.iter().cloned().collect()),
        );
    }

    fn dashed(&mut self, first: &Ident) {
        let start = self.at;
        self.skip();
        let words = self.tokens.get(start..self.at).unwrap_or_default().iter();
        let typed: String = words
            .take_while(|token| !is(token, '='))
            .filter_map(|token| matches!(token, TokenTree::Ident(_)).then(|| token.to_string()))
            .collect::<Vec<_>>()
            .join("_");
        let meant = did_you_mean(&typed, &keys::names());
        let hint = meant.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        self.errors
            .push(first.span(), format!("argument names have no `-`{hint}"));
    }

    /// Remembers a bare path for the editor.
    fn note_path(&mut self, key: Key, from: usize, taken: usize) {
        let tokens = self.tokens.get(from..from + taken).unwrap_or_default();
        let is_path = tokens
            .iter()
            .all(|t| matches!(t, TokenTree::Ident(_)) || is(t, ':'));
        if is_path && key == Key::Fallback && !tokens.is_empty() {
            self.args.typed_paths.push(tokens.iter().cloned().collect());
        }
    }

    /// Goes to the next comma (or semicolon) at this level.
    fn skip(&mut self) {
        self.at += 1;
        while self.at < self.tokens.len() && !self.ends(0) {
            self.at += 1;
        }
    }

    /// Where a value that is one literal or path ends: at a comma, or where the next argument starts without one.
    fn simple_end(&self) -> usize {
        let mut offset = 1;
        while self.peek(offset).is_some() && !self.ends(offset) && !self.starts_argument(offset) {
            offset += 1;
        }
        self.at + offset
    }

    /// Where the next argument starts, for a value that is broken: at `, ident =`, or at the end.
    fn recovery_point(&self) -> usize {
        let mut offset = 0;
        while self.peek(offset).is_some() {
            let last = self.peek(offset + 1).is_none();
            if self.ends(offset) && (last || self.starts_argument(offset + 1)) {
                break;
            }
            offset += 1;
        }
        self.at + offset
    }

    /// `ident =`, and not `==` or `=>`.
    fn starts_argument(&self, offset: usize) -> bool {
        let single = match self.peek(offset + 1) {
            Some(TokenTree::Punct(p)) if p.as_char() == '=' => {
                p.spacing() == Spacing::Alone
                    || !(self.is_punct(offset + 2, '=') || self.is_punct(offset + 2, '>'))
            }
            _ => false,
        };
        single && matches!(self.peek(offset), Some(TokenTree::Ident(_)))
    }

    fn at_known_key(&self) -> bool {
        matches!(self.peek(0), Some(TokenTree::Ident(ident)) if Key::of(ident).is_some())
    }

    fn ends(&self, offset: usize) -> bool {
        self.is_punct(offset, ',') || self.is_punct(offset, ';')
    }

    fn is_punct(&self, offset: usize, c: char) -> bool {
        self.peek(offset).is_some_and(|token| is(token, c))
    }

    fn peek(&self, offset: usize) -> Option<&TokenTree> {
        self.tokens.get(self.at + offset)
    }
}

fn needs_value(key: Key) -> String {
    format!("`{}` needs a value, as in `{}`", key.name(), key.example())
}

fn not_a_key(token: &TokenTree) -> String {
    match token {
        TokenTree::Literal(literal) if literal.to_string().starts_with('"') => {
            format!("expected an argument name; did you mean `name = {literal}`?")
        }
        TokenTree::Literal(literal) if literal.to_string().starts_with(|c: char| c.is_ascii_digit()) => {
            format!(
                "expected an argument name such as `threshold`, found a literal; write `threshold = {literal}`"
            )
        }
        other => format!(
            "expected an argument name such as `threshold`, found `{}`",
            value::shown(other)
        ),
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
