//! Percentages such as `"50%"`, as whole millionths.
//!
//! In floating point, `0.07 * 100` would not be 7.

use proc_macro2::TokenTree;

use crate::args::key::Key;
use crate::args::value::literal;
use crate::diagnostics::Errors;

const MILLIONTHS_PER_PERCENT: u64 = 10_000;
const WHOLE: u64 = 100 * MILLIONTHS_PER_PERCENT;

pub(super) fn parse(key: Key, tokens: &[TokenTree], errors: &mut Errors) -> Option<u32> {
    literal::read_string(key, tokens, errors, read, not_a_string)
}

pub(super) fn read(key: Key, text: &str) -> Result<u32, String> {
    let name = key.name();
    let trimmed = text.trim();
    let Some(number) = trimmed.strip_suffix('%') else {
        return Err(match trimmed.parse::<f64>() {
            Ok(_) if key == Key::Threshold && trimmed.bytes().all(|b| b.is_ascii_digit()) => {
                format!(
                    "`threshold` takes a number or a rate; write `threshold = {trimmed}` \
                     or `threshold = \"{trimmed}%\"`"
                )
            }
            Ok(_) => {
                let meant = as_rate(trimmed).unwrap_or_else(|| format!("\"{trimmed}%\""));
                format!("`{trimmed}` has no percent sign; did you mean `{name} = {meant}`?")
            }
            Err(_) => not_a_rate(key, trimmed),
        });
    };
    let millionths = millionths(number.trim_end()).ok_or_else(|| not_a_rate(key, trimmed))?;
    match millionths {
        0 if key != Key::Jitter => Err(format!("`{name}` must be more than 0%")),
        over if over > WHOLE => Err(format!("`{name}` is at most 100%")),
        rate => u32::try_from(rate).map_err(|_| not_a_rate(key, trimmed)),
    }
}

/// Converts `12.5` percent to 125 000 millionths.
///
/// More than four decimals would be finer than a millionth.
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
pub(crate) fn as_rate(text: &str) -> Option<String> {
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
    let example = if key == Key::Threshold {
        "`threshold = 5` or `threshold = \"50%\"`"
    } else {
        ""
    };
    if text.is_empty() {
        return format!("`{name}` is empty; write for example `{name} = \"50%\"`");
    }
    if example.is_empty() {
        return format!("`{text}` is not a percentage; write for example `{name} = \"20%\"`");
    }
    format!("`{text}` is neither a number nor a rate; write for example {example}")
}

fn not_a_string(key: Key, tokens: &[TokenTree]) -> String {
    let name = key.name();
    let number = match tokens {
        [TokenTree::Literal(literal)] => literal.to_string().parse::<f64>().ok(),
        [TokenTree::Literal(literal), percent] if crate::tokens::is(percent, '%') => {
            literal.to_string().parse::<f64>().ok()
        }
        _ => None,
    };
    match number {
        Some(rate) if rate > 0.0 && rate < 1.0 => {
            let percent = (rate * 1_000_000.0).round() / 10_000.0;
            format!("`{name}` takes a percentage; did you mean `{name} = \"{percent}%\"`?")
        }
        Some(percent) => format!("`{name}` takes a percentage; did you mean `{name} = \"{percent}%\"`?"),
        None => format!("`{name}` takes a percentage, as in `{}`", key.example()),
    }
}
