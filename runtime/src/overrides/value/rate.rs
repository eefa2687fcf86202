//! Percentages such as `50%`, as whole millionths.

use crate::{
    config,
    overrides::{key::TableKey, value::Literal},
};

const WHOLE: u64 = 1_000_000;
const THRESHOLD: TableKey = TableKey::Setting(config::Setting::Threshold);
const JITTER: TableKey = TableKey::Setting(config::Setting::Jitter);

/// Reads a percentage, in millionths.
pub(super) fn read(key: TableKey, text: &str) -> Result<u32, String> {
    let name = key.name();
    let trimmed = text.trim();
    let Some(number) = trimmed.strip_suffix('%') else {
        return Err(match trimmed.parse::<f64>() {
            Ok(_) if key == THRESHOLD && trimmed.bytes().all(|b| b.is_ascii_digit()) => format!(
                "`threshold` takes a number or a rate; write `threshold = {trimmed}` or `threshold = \"{trimmed}%\"`"
            ),
            Ok(_) => {
                let meant = as_rate(trimmed).unwrap_or_else(|| format!("\"{trimmed}%\""));
                format!("`{trimmed}` has no percent sign; did you mean `{name} = {meant}`?")
            }
            Err(_) => not_a_rate(key, trimmed),
        });
    };
    match config::millionths_of(number.trim_end()).ok_or_else(|| not_a_rate(key, trimmed))? {
        0 if key != JITTER => Err(format!("`{name}` must be more than 0%")),
        over if over > WHOLE => Err(format!("`{name}` is at most 100%")),
        rate => u32::try_from(rate).map_err(|_| not_a_rate(key, trimmed)),
    }
}

/// Converts other ways to write a rate: `0.5` and `50` become `"50%"`.
pub(in crate::overrides) fn as_rate(text: &str) -> Option<String> {
    config::percentage(text).map(|percent| format!("\"{percent}%\""))
}

fn not_a_rate(key: TableKey, text: &str) -> String {
    let name = key.name();
    if text.is_empty() {
        return format!("`{name}` is empty; write for example `{name} = \"50%\"`");
    }
    if key == THRESHOLD {
        return format!(
            "`{text}` is neither a number nor a rate; write for example `threshold = 5` or `threshold = \"50%\"`"
        );
    }
    format!("`{text}` is not a percentage; write for example `{name} = \"20%\"`")
}

/// Returns the message for a value that is not a string.
pub(super) fn not_a_string(key: TableKey, literal: &Literal<'_>) -> String {
    let name = key.name();
    let percent = match *literal {
        Literal::Fraction(rate) if rate > 0.0 && rate < 1.0 => {
            Some(((rate * 1_000_000.0).round() / 10_000.0).to_string())
        }
        Literal::Fraction(percent) => Some(percent.to_string()),
        Literal::Whole(Some(percent)) => Some(percent.to_string()),
        _ => None,
    };
    match percent {
        Some(percent) => format!("`{name}` takes a percentage; did you mean `{name} = \"{percent}%\"`?"),
        None => format!("`{name}` takes a percentage, as in `{}`", key.example()),
    }
}
