//! Settings that hold one value, and durations that were not written as
//! strings.

use std::time::Duration;

use crate::{
    config::{self, Rate, Settings, Threshold, Window, duration::UNITS},
    overrides::{
        key::TableKey,
        value::{Literal, Value},
    },
};

const NONE: Settings = Settings::DEFAULT;

pub(super) fn with_number(key: TableKey, number: u32) -> Value {
    Value::Setting(Box::new(match key {
        TableKey::Setting(config::Setting::Threshold) => NONE.with_threshold(Threshold::failures(number)),
        TableKey::Setting(config::Setting::Window) => NONE.with_window(Window::calls(number)),
        TableKey::Setting(config::Setting::MinimumCalls) => NONE.with_minimum_calls(number),
        _ => NONE.with_trial_calls(number),
    }))
}

/// Makes the value of a switch: `latency` is the only one.
pub(super) fn with_switch(is_on: bool) -> Value {
    Value::Setting(Box::new(NONE.with_latency(is_on)))
}

pub(super) fn with_rate(key: TableKey, millionths: u32) -> Value {
    let rate = Rate::from_millionths(millionths);
    Value::Setting(Box::new(match key {
        TableKey::Setting(config::Setting::Threshold) => NONE.with_threshold(Threshold::from_rate(rate)),
        TableKey::Setting(config::Setting::SlowThreshold) => NONE.with_slow_threshold(rate),
        _ => NONE.with_jitter(rate),
    }))
}

pub(super) fn with_duration(key: TableKey, duration: Duration) -> Value {
    Value::Setting(Box::new(match key {
        TableKey::Timeout => return Value::Timeout(duration),
        TableKey::Setting(config::Setting::Window) => NONE.with_window(Window::time(duration)),
        TableKey::Setting(config::Setting::SlowCall) => NONE.with_slow_call(duration),
        TableKey::Setting(config::Setting::MaxCooldown) => NONE.with_max_cooldown(duration),
        _ => NONE.with_cooldown(duration),
    }))
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
