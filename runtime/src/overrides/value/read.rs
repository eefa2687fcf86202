//! The reader of each key.

use crate::{
    config::duration::{self, Quotes},
    overrides::{
        key::{TableKey, ValueKind},
        mode::Mode,
        value::{Literal, Value, number, rate, text},
    },
};

/// Reads a value of a file. The error is the message for the user.
pub(in crate::overrides) fn of_literal(key: TableKey, literal: &Literal<'_>) -> Result<Value, String> {
    match (key.kind(), literal) {
        (ValueKind::Word, Literal::Text(text)) => of_word(key, text),
        (ValueKind::Word, _) => Err(format!(
            "`{}` takes a string, as in `{}`",
            key.name(),
            key.example()
        )),
        (ValueKind::Switch, Literal::Switch(is_on)) => text::with_switch(key, *is_on),
        (ValueKind::Switch, _) => Err(not_a_switch(key)),
        (ValueKind::Rate | ValueKind::NumberOrRate, Literal::Text(text)) => {
            text::with_rate(key, rate::read(key, text)?)
        }
        (ValueKind::Rate, literal) => Err(rate::not_a_string(key, literal)),
        (ValueKind::Duration | ValueKind::NumberOrDuration, Literal::Text(text)) => {
            of_duration(Quotes::Written, key, text)
        }
        (ValueKind::Duration, literal) => Err(text::not_a_duration(key, literal)),
        (ValueKind::Number | ValueKind::NumberOrRate | ValueKind::NumberOrDuration, literal) => {
            text::with_number(key, number::read(key, literal)?)
        }
    }
}

/// Reads a value of an environment variable, which is always text. The error is
/// the message for the user.
pub(in crate::overrides) fn of_variable(key: TableKey, text: &str) -> Result<Value, String> {
    let text = text.trim();
    match key.kind() {
        ValueKind::Switch => match text.parse() {
            Ok(is_on) => of_literal(key, &Literal::Switch(is_on)),
            Err(_) => Err(not_a_switch(key)),
        },
        ValueKind::Duration => of_duration(Quotes::None, key, text),
        ValueKind::NumberOrDuration if text.parse::<i128>().is_err() => of_duration(Quotes::None, key, text),
        ValueKind::Word | ValueKind::Rate => of_literal(key, &Literal::Text(text)),
        ValueKind::NumberOrRate if text.parse::<i128>().is_err() => of_literal(key, &Literal::Text(text)),
        _ => match Literal::number(text) {
            Some(number) => of_literal(key, &number),
            None => Err(format!(
                "`{text}` is not a whole number; write for example `{}`",
                key.example()
            )),
        },
    }
}

fn not_a_switch(key: TableKey) -> String {
    format!(
        "`{}` takes `true` or `false`, as in `{}`",
        key.name(),
        key.example()
    )
}

fn of_word(key: TableKey, word: &str) -> Result<Value, String> {
    match key {
        TableKey::Mode => Mode::read(word).map(Value::Mode),
        _ if word.trim().is_empty() => Err(format!(
            "`{}` is empty; write for example `{}`",
            key.name(),
            key.example()
        )),
        _ => Ok(Value::Word(word.to_owned())),
    }
}

fn of_duration(quotes: Quotes, key: TableKey, text: &str) -> Result<Value, String> {
    let duration = duration::parse_in(quotes, key.name(), text).map_err(|error| error.to_string())?;
    text::with_duration(key, duration)
}
