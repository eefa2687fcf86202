//! Settings that hold one value, and durations that were not written as
//! strings.

use std::time::Duration;

use crate::{
    config::{
        Rate, Settings,
        duration::{DurationText, UNITS},
    },
    overrides::{
        key::TableKey,
        value::{Literal, Value},
    },
};

pub(super) fn with_number(key: TableKey, number: u32) -> Result<Value, String> {
    of_setting(key, &number.to_string())
}

pub(super) fn with_switch(key: TableKey, is_on: bool) -> Result<Value, String> {
    of_setting(key, &is_on.to_string())
}

pub(super) fn with_rate(key: TableKey, millionths: u32) -> Result<Value, String> {
    of_setting(key, &Rate::from_millionths(millionths).to_string())
}

pub(super) fn with_duration(key: TableKey, duration: Duration) -> Result<Value, String> {
    match key {
        TableKey::Timeout => Ok(Value::Timeout(duration)),
        _ => of_setting(key, &DurationText(duration).to_string()),
    }
}

/// Makes settings that hold one value, from its text in the attribute.
fn of_setting(key: TableKey, text: &str) -> Result<Value, String> {
    let settings = Settings::DEFAULT.with_text(key.name(), text);
    let settings = settings.map_err(|error| error.to_string())?;
    Ok(Value::Setting(Box::new(settings)))
}

/// Returns the message for a duration that is not a string.
pub(super) fn not_a_duration(key: TableKey, literal: &Literal<'_>) -> String {
    let name = key.name();
    if let Literal::Whole(Some(number @ 1..)) = literal {
        return format!(
            "`{name}` takes a duration string; did you mean `{name} = \"{number}ms\"` or `{name} = \"{number}s\"`?"
        );
    }
    match in_whole_numbers(literal) {
        Some(text) => format!("`{name}` takes a duration string; did you mean `{name} = \"{text}\"`?"),
        None => format!("`{name}` takes a duration string, as in `{}`", key.example()),
    }
}

/// Converts a number of seconds to a duration: `10` becomes `10s`, and `1.5`
/// becomes `1500ms`.
pub(in crate::overrides) fn in_whole_numbers(literal: &Literal<'_>) -> Option<String> {
    match *literal {
        Literal::Whole(Some(seconds)) if seconds > 0 => Some(format!("{seconds}s")),
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a suggestion; `as` saturates"
        )]
        Literal::Fraction(seconds) if seconds > 0.0 && seconds < 1e9 => {
            let nanos = (seconds * 1e9).round() as u128;
            let (unit, size) = UNITS.into_iter().find(|(_, size)| nanos.is_multiple_of(*size))?;
            (nanos > 0).then(|| format!("{}{unit}", nanos / size))
        }
        _ => None,
    }
}
