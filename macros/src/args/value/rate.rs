//! Shares: `"50%"`, kept as whole millionths, because `0.07 * 100` is not 7 in floating point.

use proc_macro2::TokenTree;

use super::literal;
use crate::args::key::Key;
use crate::diagnostics::Errors;

const MILLIONTHS_PER_PERCENT: u64 = 10_000;
const ALL: u64 = 100 * MILLIONTHS_PER_PERCENT;

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
                    "`threshold` takes a number or a share; write `threshold = {trimmed}` \
                     or `threshold = \"{trimmed}%\"`"
                )
            }
            Ok(_) => {
                let meant = as_share(trimmed).unwrap_or_else(|| format!("\"{trimmed}%\""));
                format!("a share needs a percent sign; did you mean `{name} = {meant}`?")
            }
            Err(_) => not_a_share(key, trimmed),
        });
    };
    let millionths = millionths(number.trim_end()).ok_or_else(|| not_a_share(key, trimmed))?;
    match millionths {
        0 if key != Key::Jitter => Err(format!("`{name}` must be more than 0%")),
        over if over > ALL => Err(format!("`{name}` is at most 100%")),
        share => u32::try_from(share).map_err(|_| not_a_share(key, trimmed)),
    }
}

/// `12.5` percent are 125 000 millionths. At most four decimals: there is nothing finer.
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

/// The value of another library as ours: `0.5` and `50` are `"50%"`.
pub(crate) fn as_share(text: &str) -> Option<String> {
    let share: f64 = text.parse().ok()?;
    let percent = if text.contains('.') && share <= 1.0 {
        (share * 1_000_000.0).round() / 10_000.0
    } else {
        share
    };
    (percent > 0.0 && percent <= 100.0).then(|| format!("\"{percent}%\""))
}

fn not_a_share(key: Key, text: &str) -> String {
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
        return format!("`{text}` is not a share; write a percentage such as `{name} = \"20%\"`");
    }
    format!("`{text}` is neither a number nor a share; write for example {example}")
}

fn not_a_string(key: Key, tokens: &[TokenTree]) -> String {
    let name = key.name();
    let number = match tokens {
        [TokenTree::Literal(literal)] => literal.to_string().parse::<f64>().ok(),
        [TokenTree::Literal(literal), percent] if crate::args::cursor::is(percent, '%') => {
            literal.to_string().parse::<f64>().ok()
        }
        _ => None,
    };
    match number {
        Some(share) if share > 0.0 && share < 1.0 => {
            let percent = (share * 1_000_000.0).round() / 10_000.0;
            format!("`{name}` takes a share; did you mean `{name} = \"{percent}%\"`?")
        }
        Some(percent) => format!("`{name}` takes a share; did you mean `{name} = \"{percent}%\"`?"),
        None => format!("`{name}` takes a share, as in `{}`", key.example()),
    }
}
