//! Whole numbers.

use crate::{
    config::{
        self,
        limits::{MAX_CONSECUTIVE_FAILURES, MAX_TRIAL_CALLS, MAX_WINDOW_CALLS},
    },
    overrides::{key::TableKey, value::Literal},
};

/// Reads a whole number within the bounds of its key.
pub(super) fn read(key: TableKey, literal: &Literal<'_>) -> Result<u32, String> {
    let name = key.name();
    match *literal {
        Literal::Whole(Some(number)) if number < 1 => Err(too_small(key)),
        Literal::Whole(number) => number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number <= largest(key))
            .ok_or_else(|| format!("`{name}` is too large; the largest value is {}", largest(key))),
        Literal::Fraction(number) if number.is_finite() => Err(fractional(key, number)),
        Literal::Text(text) if text.ends_with('%') => Err(format!(
            "`{name}` takes a number, not a rate; write for example `{}`",
            key.example()
        )),
        Literal::Text(text) => {
            let digits = text.trim().parse::<u32>().unwrap_or(5);
            Err(format!(
                "`{name}` takes a number, not a string; write `{name} = {digits}`"
            ))
        }
        Literal::Fraction(_) | Literal::Switch(_) | Literal::Other => Err(format!(
            "`{name}` takes a whole number, as in `{}`",
            key.example()
        )),
    }
}

fn too_small(key: TableKey) -> String {
    let name = key.name();
    match key {
        TableKey::Setting(config::Setting::Threshold) => {
            format!("`{name}` must be at least 1; with 0 the breaker would be open before the first call")
        }
        TableKey::Setting(config::Setting::TrialCalls) => {
            format!("`{name}` must be at least 1; with 0 the breaker would never close again")
        }
        _ => format!("`{name}` must be at least 1"),
    }
}

/// Returns the largest accepted value. In a `window`, the
/// [rules](crate::overrides::rules) are stricter.
const fn largest(key: TableKey) -> u32 {
    match key {
        TableKey::Setting(config::Setting::Threshold) => MAX_CONSECUTIVE_FAILURES,
        TableKey::Setting(config::Setting::Window) => MAX_WINDOW_CALLS,
        TableKey::Setting(config::Setting::TrialCalls) => MAX_TRIAL_CALLS,
        _ => u32::MAX,
    }
}

fn fractional(key: TableKey, number: f64) -> String {
    let name = key.name();
    if key == TableKey::Setting(config::Setting::Threshold) && number > 0.0 && number < 1.0 {
        let percent = (number * 1_000_000.0).round() / 10_000.0;
        return format!("`threshold` takes a whole number or a rate; write `threshold = \"{percent}%\"`");
    }
    let whole = number.trunc();
    let meant = if whole >= 1.0 { whole } else { 1.0 };
    format!("`{name}` takes a whole number; write `{meant}`")
}
