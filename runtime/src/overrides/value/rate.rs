//! Percentages such as `50%`, as whole millionths.

use crate::{
    config,
    overrides::{key::Key, value::Literal},
};

const MILLIONTHS_PER_PERCENT: u64 = 10_000;
const WHOLE: u64 = 100 * MILLIONTHS_PER_PERCENT;
const THRESHOLD: Key = Key::Setting(config::Key::Threshold);
const JITTER: Key = Key::Setting(config::Key::Jitter);

/// Reads a percentage, in millionths.
pub(super) fn read(key: Key, text: &str) -> Result<u32, String> {
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
    match millionths(number.trim_end()).ok_or_else(|| not_a_rate(key, trimmed))? {
        0 if key != JITTER => Err(format!("`{name}` must be more than 0%")),
        over if over > WHOLE => Err(format!("`{name}` is at most 100%")),
        rate => u32::try_from(rate).map_err(|_| not_a_rate(key, trimmed)),
    }
}

/// Converts `12.5` percent to 125 000 millionths. More than four decimals would
/// be finer than a millionth.
fn millionths(percent: &str) -> Option<u64> {
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 4 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let parts: u64 = format!("{decimals:0<4}").parse().ok()?;
    whole.checked_mul(MILLIONTHS_PER_PERCENT)?.checked_add(parts)
}

/// Converts other ways to write a rate: `0.5` and `50` become `"50%"`.
pub(in crate::overrides) fn as_rate(text: &str) -> Option<String> {
    let rate: f64 = text.parse().ok()?;
    let percent = if text.contains('.') && rate <= 1.0 {
        (rate * 1_000_000.0).round() / 10_000.0
    } else {
        rate
    };
    (percent > 0.0 && percent <= 100.0).then(|| format!("\"{percent}%\""))
}

fn not_a_rate(key: Key, text: &str) -> String {
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

/// The message for a value that is not a string.
pub(super) fn not_a_string(key: Key, literal: &Literal<'_>) -> String {
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
