//! Parses the tokens between the parentheses into arguments.
//!
//! Parsing never fails: it records each mistake and continues with the next argument.

mod aliases;
mod cursor;
mod elsewhere;
pub(crate) mod key;
mod typed;
pub(crate) mod value;

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

use self::cursor::Cursor;
use self::key::Key;
pub(crate) use self::typed::Typed;
use self::value::{Number, Source, Timespan, Value};
use crate::diagnostics::{Errors, did_you_mean};
use crate::tokens::{first_span, is, shown};

/// One argument with its key and its value.
pub(crate) struct Arg {
    pub(crate) key: Key,
    pub(crate) ident: Ident,
    pub(crate) value: Value,
    /// Where a mistake in the value is reported.
    pub(crate) span: Span,
}

/// Everything between the parentheses.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) list: Vec<Arg>,
    /// Every argument as it was typed, right or wrong.
    pub(crate) typed: Vec<Typed>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut parser = Parser {
            tokens: Cursor::new(tokens.into_iter().collect()),
            args: Self::default(),
            seen: Vec::new(),
            errors,
        };
        while !parser.tokens.is_at_end() {
            parser.argument();
        }
        parser.args
    }

    /// Returns the first argument of this key whose value is valid.
    pub(crate) fn get(&self, key: Key) -> Option<&Arg> {
        self.list.iter().find(|arg| arg.key == key)
    }

    /// Returns the number of this key, if it has one.
    pub(crate) fn number(&self, key: Key) -> Option<&Number> {
        match &self.get(key)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Returns the duration of this key, if it has one.
    pub(crate) fn timespan(&self, key: Key) -> Option<&Timespan> {
        match &self.get(key)?.value {
            Value::Duration(timespan) => Some(timespan),
            _ => None,
        }
    }

    /// Returns the duration of this key, if it is written as a literal.
    pub(crate) fn duration(&self, key: Key) -> Option<Duration> {
        match self.timespan(key)? {
            Timespan::Literal(duration) => Some(*duration),
            Timespan::Path(_) => None,
        }
    }

    /// Returns the path of the crate `fusebox`.
    pub(crate) fn krate(&self) -> TokenStream {
        if let Some(Value::CratePath(path)) = self.get(Key::Crate).map(|arg| &arg.value) {
            quote!(#path)
        } else {
            quote!(::fusebox)
        }
    }

    /// Returns whether the user wrote this key, even with an invalid value.
    pub(crate) fn is_typed(&self, key: Key) -> bool {
        self.typed.iter().any(|typed| typed.key == Some(key))
    }
}

struct Parser<'a> {
    tokens: Cursor,
    args: Args,
    seen: Vec<Key>,
    errors: &'a mut Errors,
}

impl Parser<'_> {
    /// Parses one argument at the cursor, or reports a mistake there.
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

    /// Parses an argument that starts with this identifier.
    fn keyed(&mut self, ident: &Ident) {
        if self.tokens.is_punct(1, ':') && self.tokens.is_punct(2, ':') {
            self.errors
                .push(ident.span(), "expected a single argument name, found a path");
            return self.tokens.skip();
        }
        if self.tokens.is_punct(1, '-') {
            return self.dashed(ident);
        }
        let key = Key::of(ident);
        self.args.typed.push(Typed {
            ident: ident.clone(),
            key,
            value: None,
        });
        let Some(key) = key else {
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
                    format!("expected `=` after `{}`, found `{}`", key.name(), shown(&other)),
                );
                self.tokens.skip();
            }
        }
    }

    /// Parses `key = value`.
    fn value(&mut self, key: Key, ident: &Ident, eq: Span) {
        self.tokens.at += 2;
        if let Some(TokenTree::Punct(second)) = self.tokens.peek(0)
            && second.as_char() == '='
        {
            let message = format!(
                "expected {}, found `=`; write `{}`",
                key.kind().expected(),
                key.example()
            );
            self.errors.push(second.span(), message);
            return self.tokens.skip();
        }
        self.note_value(0);
        let is_missing = self.tokens.is_at_end() || self.tokens.ends(0);
        if is_missing || (self.tokens.starts_argument(0) && self.at_known_key()) {
            return self.errors.push(eq, needs_value(key));
        }
        let before = self.tokens.at;
        let source = Source {
            tokens: self.tokens.rest(),
            simple_end: self.tokens.simple_end() - before,
            recovery: self.tokens.recovery_point() - before,
        };
        let (value, taken) = value::parse(key, &source, self.errors);
        let span = self.tokens.peek(0).map_or(eq, first_span);
        self.note_value(taken);
        self.tokens.at = before + taken.max(1);
        self.finish(key, ident, value, span);
    }

    /// Adds the argument, after the checks that do not depend on its value.
    fn finish(&mut self, key: Key, ident: &Ident, value: Option<Value>, span: Span) {
        if let Some(TokenTree::Ident(next)) = self.tokens.peek(0) {
            self.errors
                .push(next.span(), format!("expected `,` before `{next}`"));
            // The parser reports this one error for a word that does not start an argument, and
            // skips the word.
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
        let value = value.to_vec();
        if let Some(typed) = self.args.typed.last_mut().filter(|_| !value.is_empty()) {
            typed.value = Some(value);
        }
    }

    /// Records this many tokens at the cursor as the value of the last key.
    fn note_value(&mut self, taken: usize) {
        let tokens = self.tokens.range(self.tokens.at, self.tokens.at + taken).to_vec();
        if let Some(typed) = self.args.typed.last_mut() {
            typed.value = Some(tokens);
        }
    }

    /// Reports a name with a dash, as in `fail-fast = 1`.
    fn dashed(&mut self, first: &Ident) {
        let start = self.tokens.at;
        self.tokens.skip();
        let mut typed = String::new();
        for token in self.tokens.range(start, self.tokens.at) {
            match token {
                TokenTree::Ident(word) => typed += &word.to_string(),
                token if is(token, '=') => break,
                token if is(token, '-') => typed.push('_'),
                _ => {}
            }
        }
        let meant = did_you_mean(&typed, &Key::names());
        let hint = meant.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        self.errors
            .push(first.span(), format!("an argument name cannot contain `-`{hint}"));
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
            shown(other)
        ),
    }
}
