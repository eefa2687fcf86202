//! The reader of each key.

use crate::{
    config::duration::{self, Quotes},
    overrides::{
        key::{Key, Kind},
        mode::Mode,
        value::{Literal, Value, number, rate, text},
    },
};

/// Reads a value of a file. The error is the message for the user.
pub(in crate::overrides) fn of_literal(key: Key, literal: &Literal<'_>) -> Result<Value, String> {
    match (key.kind(), literal) {
        (Kind::Word, Literal::Text(text)) => of_word(key, text),
        (Kind::Word, _) => Err(format!(
            "`{}` takes a string, as in `{}`",
            key.name(),
            key.example()
        )),
        (Kind::Switch, Literal::Switch(is_on)) => Ok(text::with_switch(*is_on)),
        (Kind::Switch, _) => Err(not_a_switch(key)),
        (Kind::Rate | Kind::NumberOrRate, Literal::Text(text)) => {
            rate::read(key, text).map(|rate| text::with_rate(key, rate))
        }
        (Kind::Rate, literal) => Err(rate::not_a_string(key, literal)),
        (Kind::Duration | Kind::NumberOrDuration, Literal::Text(text)) => {
            of_duration(Quotes::Written, key, text)
        }
        (Kind::Duration, literal) => Err(text::not_a_duration(key, literal)),
        (Kind::Number | Kind::NumberOrRate | Kind::NumberOrDuration, literal) => {
            number::read(key, literal).map(|number| text::with_number(key, number))
        }
    }
}

/// Reads a value of an environment variable, which is always text. The error is
/// the message for the user.
pub(in crate::overrides) fn of_variable(key: Key, text: &str) -> Result<Value, String> {
    let text = text.trim();
    match key.kind() {
        Kind::Switch => match text.parse() {
            Ok(is_on) => of_literal(key, &Literal::Switch(is_on)),
            Err(_) => Err(not_a_switch(key)),
        },
        Kind::Duration => of_duration(Quotes::None, key, text),
        Kind::NumberOrDuration if text.parse::<i128>().is_err() => of_duration(Quotes::None, key, text),
        Kind::Word | Kind::Rate => of_literal(key, &Literal::Text(text)),
        Kind::NumberOrRate if text.parse::<i128>().is_err() => of_literal(key, &Literal::Text(text)),
        _ => match Literal::number(text) {
            Some(number) => of_literal(key, &number),
            None => Err(format!(
                "`{text}` is not a whole number; write for example `{}`",
                key.example()
            )),
        },
    }
}

fn not_a_switch(key: Key) -> String {
    format!(
        "`{}` takes `true` or `false`, as in `{}`",
        key.name(),
        key.example()
    )
}

fn of_word(key: Key, word: &str) -> Result<Value, String> {
    match key {
        Key::Mode => Mode::read(word).map(Value::Mode),
        _ if word.trim().is_empty() => Err(format!(
            "`{}` is empty; write for example `{}`",
            key.name(),
            key.example()
        )),
        _ => Ok(Value::Word(word.to_owned())),
    }
}

fn of_duration(quotes: Quotes, key: Key, text: &str) -> Result<Value, String> {
    let duration = duration::parse_in(quotes, key.name(), text).map_err(|error| error.to_string())?;
    Ok(text::with_duration(key, duration))
}
