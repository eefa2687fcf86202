//! Tokens → arguments: a splitter that cannot fail, and that goes on at the next argument after a mistake.

pub(crate) mod aliases;
pub(crate) mod cursor;
pub(crate) mod key;
pub(crate) mod value;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::args::cursor::{Tokens, first_span, is};
use crate::args::key::Key;
use crate::args::value::Value;
use crate::diagnostics::{Errors, did_you_mean};

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
    /// Paths as typed, also half ones, and expressions over the parameters, for the editor.
    pub(crate) typed_values: Vec<TokenStream>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut splitter = Splitter {
            tokens: Tokens::new(tokens.into_iter().collect()),
            args: Self::default(),
            seen: Vec::new(),
            errors,
        };
        while !splitter.tokens.is_at_end() {
            splitter.argument();
        }
        splitter.args
    }
}

struct Splitter<'a> {
    tokens: Tokens,
    args: Args,
    seen: Vec<Key>,
    errors: &'a mut Errors,
}

impl Splitter<'_> {
    fn argument(&mut self) {
        match self.tokens.peek(0).cloned() {
            Some(TokenTree::Punct(p)) if p.as_char() == ',' => self.tokens.at += 1,
            Some(TokenTree::Punct(p)) if p.as_char() == ';' => {
                self.tokens.at += 1;
                self.errors
                    .push(p.span(), "expected `,` between arguments, found `;`");
            }
            Some(TokenTree::Ident(ident)) => self.keyed(&ident),
            Some(other) => {
                self.errors.push(first_span(&other), not_a_key(&other));
                self.tokens.skip();
            }
            None => {}
        }
    }

    /// At an identifier: it is an argument, or something that looks like one.
    fn keyed(&mut self, ident: &Ident) {
        if self.tokens.is_punct(1, ':') && self.tokens.is_punct(2, ':') {
            self.errors
                .push(ident.span(), "expected a single argument name, found a path");
            return self.tokens.skip();
        }
        if self.tokens.is_punct(1, '-') {
            return self.dashed(ident);
        }
        self.args.typed_keys.push(ident.clone());
        let Some(key) = Key::of(ident) else {
            return self.unknown(ident);
        };
        match self.tokens.peek(1).cloned() {
            None => self.without_value(key, ident.span()),
            Some(TokenTree::Punct(p)) if matches!(p.as_char(), ',' | ';') => {
                self.without_value(key, ident.span());
            }
            Some(TokenTree::Punct(p)) if p.as_char() == '=' => self.value(key, ident, p.span()),
            Some(TokenTree::Group(group)) => {
                let message = format!("expected `=` after `{}`; write `{}`", key.name(), key.example());
                self.errors.push(group.span_open(), message);
                self.tokens.skip();
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
                self.tokens.skip();
            }
        }
    }

    /// At the key, with `=` behind it.
    fn value(&mut self, key: Key, ident: &Ident, eq: Span) {
        self.tokens.at += 2;
        if let Some(TokenTree::Punct(second)) = self.tokens.peek(0)
            && second.as_char() == '='
        {
            let message = format!(
                "expected {}, found `=`; write `{}`",
                value::expected(key),
                key.example()
            );
            self.errors.push(second.span(), message);
            return self.tokens.skip();
        }
        let is_missing = self.tokens.is_at_end() || self.tokens.ends(0);
        if is_missing || (self.tokens.starts_argument(0) && self.at_known_key()) {
            return self.errors.push(eq, needs_value(key));
        }
        let before = self.tokens.at;
        let rest = self.tokens.rest();
        let (value, taken) = if value::is_parsed_by_syn(key, rest) {
            let until = self.tokens.recovery_point();
            value::parse_from(key, rest, until - before, self.errors)
        } else {
            let taken = self.tokens.simple_end() - before;
            (
                value::parse(key, rest.get(..taken).unwrap_or_default(), self.errors),
                taken,
            )
        };
        let span = self.tokens.peek(0).map_or(eq, first_span);
        let noted = value::noted(key, self.tokens.range(before, before + taken));
        self.args.typed_values.extend(noted);
        self.tokens.at = before + taken.max(1);
        self.finish(key, ident, value, span);
    }

    fn finish(&mut self, key: Key, ident: &Ident, value: Option<Value>, span: Span) {
        if let Some(TokenTree::Ident(next)) = self.tokens.peek(0) {
            self.errors
                .push(next.span(), format!("expected `,` before `{next}`"));
            // A word that starts no argument is that mistake and no other.
            if Key::of(next).is_none() && !self.tokens.starts_argument(0) {
                self.tokens.skip();
            }
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
        self.tokens.at += 1;
    }

    fn unknown(&mut self, ident: &Ident) {
        let start = self.tokens.at;
        self.tokens.skip();
        let value = match self.tokens.range(start + 1, self.tokens.at) {
            [eq, value @ ..] if is(eq, '=') => value,
            _ => &[],
        };
        self.errors.push(ident.span(), aliases::unknown(ident, value));
    }

    fn dashed(&mut self, first: &Ident) {
        let start = self.tokens.at;
        self.tokens.skip();
        let words = self.tokens.range(start, self.tokens.at).iter();
        let typed: String = words
            .take_while(|token| !is(token, '='))
            .filter(|token| matches!(token, TokenTree::Ident(_)))
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("_");
        let meant = did_you_mean(&typed, &key::names());
        let hint = meant.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        self.errors
            .push(first.span(), format!("argument names have no `-`{hint}"));
    }

    fn at_known_key(&self) -> bool {
        matches!(self.tokens.peek(0), Some(TokenTree::Ident(ident)) if Key::of(ident).is_some())
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
