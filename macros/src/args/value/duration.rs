//! Durations: `number unit`, repeated from large to small, each unit once.

use std::time::Duration;

use proc_macro2::TokenTree;

use crate::args::key::Key;
use crate::args::value::literal;
use crate::diagnostics::Errors;
use crate::limits::MAX_DURATION;
use crate::tokens::shown;

/// Nanoseconds per unit, from large to small.
///
/// Unicode has two letters `µ`, and both are accepted.
const UNITS: [(&str, u128); 9] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ns", 1),
];

const EXAMPLES: &str = "`\"10s\"`, `\"500ms\"` or `\"1m 30s\"`";

/// The most digits of a number without a unit that is read as seconds.
///
/// A longer number may also be milliseconds.
const FEW_DIGITS: usize = 2;

/// A duration, as it was written.
#[derive(Clone)]
pub(crate) enum Timespan {
    Literal(Duration),
    Path(syn::Path),
}

pub(super) fn parse(key: Key, tokens: &[TokenTree], errors: &mut Errors) -> Option<Timespan> {
    if let Some(path) = literal::path(tokens) {
        return Some(Timespan::Path(path));
    }
    let duration = literal::read_string(key, tokens, errors, read, not_a_string)?;
    Some(Timespan::Literal(duration))
}

/// Converts text to a duration. The error is the message that rustc shows.
pub(super) fn read(key: Key, text: &str) -> Result<Duration, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err("the duration is empty; write for example `\"10s\"`".to_owned());
    }
    if let Some(calls) = calls(trimmed).filter(|_| key == Key::Window) {
        return Err(format!(
            "a number of calls is written without quotes; write `window = {calls}`"
        ));
    }
    if trimmed.starts_with('-') {
        return Err("a duration cannot be negative".to_owned());
    }
    let mut total: u128 = 0;
    let mut smallest = u128::MAX;
    let mut rest = trimmed;
    while !rest.is_empty() {
        let (number, unit, after) = part(rest).ok_or_else(|| not_a_duration(trimmed))?;
        let nanos = unit_nanos(key, number, unit, trimmed)?;
        if nanos >= smallest {
            return Err(format!(
                "the units of `{trimmed}` must go from large to small, each once, as in `\"1m 30s\"`"
            ));
        }
        smallest = nanos;
        let part = number.parse::<u128>().ok().and_then(|n| n.checked_mul(nanos));
        total = part
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= MAX_DURATION.as_nanos())
            .ok_or_else(|| {
                format!("`{trimmed}` is too large; the longest duration is 100 years, `\"36500d\"`")
            })?;
        rest = after;
    }
    if total == 0 {
        return Err(format!("`{}` must be longer than zero", key.name()));
    }
    let (seconds, nanos) = (total / 1_000_000_000, total % 1_000_000_000);
    match (u64::try_from(seconds), u32::try_from(nanos)) {
        (Ok(seconds), Ok(nanos)) => Ok(Duration::new(seconds, nanos)),
        _ => Err(not_a_duration(trimmed)),
    }
}

/// Returns the number in `10 calls`.
fn calls(text: &str) -> Option<u32> {
    let (number, unit, rest) = part(text)?;
    let is_calls = matches!(unit, "call" | "calls" | "request" | "requests") && rest.is_empty();
    is_calls.then(|| number.parse().ok())?
}

/// Splits the text into the digits, the unit after them, and the rest.
fn part(text: &str) -> Option<(&str, &str, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    let rest = rest.trim_start();
    let letters = rest
        .find(|c: char| c.is_ascii_digit() || c.is_whitespace())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(letters);
    (!number.is_empty()).then(|| (number, unit, rest.trim_start()))
}

/// Returns the nanoseconds of a unit.
fn unit_nanos(key: Key, number: &str, unit: &str, whole: &str) -> Result<u128, String> {
    if let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*nanos);
    }
    if unit.is_empty() {
        return Err(if number == whole {
            without_unit(key, whole)
        } else {
            format!("`{number}` in `{whole}` has no unit; use `ms`, `s`, `m`, `h` or `d`")
        });
    }
    if unit.starts_with('.') {
        return Err(fraction(number, whole));
    }
    let meant = corrected(whole).map(|whole| format!("; did you mean `\"{whole}\"`?"));
    Err(format!(
        "unknown unit `{unit}` in `{whole}`; use `ms`, `s`, `m`, `h` or `d`{}",
        meant.unwrap_or_default()
    ))
}

/// Returns the message for a number alone, with the units that it may lack.
fn without_unit(key: Key, number: &str) -> String {
    let is_few = number.len() <= FEW_DIGITS;
    match key {
        Key::Window => {
            format!("`{number}` has no unit; write `window = {number}` (calls) or `window = \"{number}s\"`")
        }
        _ if is_few => format!("`{number}` has no unit; did you mean `\"{number}s\"`?"),
        _ => format!("`{number}` has no unit; did you mean `\"{number}ms\"` or `\"{number}s\"`?"),
    }
}

/// Returns the message for a fraction, with a suggestion in whole numbers.
fn fraction(number: &str, whole: &str) -> String {
    let rest = whole.split_once('.').map_or("", |(_, rest)| rest);
    match in_whole_numbers(number, rest) {
        Some(exact) => format!("a duration is written in whole numbers; did you mean `\"{exact}\"`?"),
        None => format!("a duration is written in whole numbers, as in {EXAMPLES}"),
    }
}

/// Converts a fraction to whole numbers: `1` and `5s` become `1500ms`.
///
/// The unit is seconds if there is none.
fn in_whole_numbers(number: &str, rest: &str) -> Option<String> {
    let (decimals, unit) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    let unit = if unit.trim().is_empty() { "s" } else { unit.trim() };
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let scale = 10_u128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let digits = format!("{number}{decimals}").parse::<u128>().ok()?;
    let value = digits.checked_mul(*nanos)?;
    let is_exact = |(_, size): &&(&str, u128)| {
        scale
            .checked_mul(*size)
            .is_some_and(|size| value.is_multiple_of(size))
    };
    let (smaller, size) = UNITS.iter().find(is_exact)?;
    (value > 0).then(|| format!("{}{smaller}", value / scale / size))
}

/// Corrects the units of a whole duration: `10 sec` becomes `10s`.
fn corrected(whole: &str) -> Option<String> {
    let mut corrected = String::new();
    let mut rest = whole;
    while !rest.is_empty() {
        let (number, unit, after) = part(rest)?;
        if !corrected.is_empty() {
            corrected.push(' ');
        }
        corrected += number;
        corrected += meant_unit(unit)?;
        rest = after;
    }
    Some(corrected)
}

pub(super) fn is_unit(name: &str) -> bool {
    UNITS.iter().any(|(unit, _)| *unit == name)
}

fn meant_unit(unit: &str) -> Option<&'static str> {
    Some(match unit.to_lowercase().as_str() {
        "sec" | "secs" | "second" | "seconds" | "s" => "s",
        "min" | "mins" | "minute" | "minutes" | "m" => "m",
        "hr" | "hrs" | "hour" | "hours" | "h" => "h",
        "day" | "days" | "d" => "d",
        "msec" | "millis" | "milliseconds" | "ms" => "ms",
        "usec" | "micros" | "microseconds" | "us" => "us",
        "nsec" | "nanos" | "nanoseconds" | "ns" => "ns",
        _ => return None,
    })
}

fn not_a_duration(text: &str) -> String {
    format!("`{text}` is not a duration; write a whole number and a unit, such as {EXAMPLES}")
}

fn not_a_string(key: Key, tokens: &[TokenTree]) -> String {
    let name = key.name();
    if let Some(meant) = either_unit(key, tokens) {
        return format!("`{name}` takes a duration string; did you mean {meant}?");
    }
    match without_quotes(tokens) {
        Some(text) => format!("`{name}` takes a duration string; did you mean `{name} = \"{text}\"`?"),
        None => format!("`{name}` takes a duration string, as in `{}`", key.example()),
    }
}

/// Returns two suggestions for a whole number without a unit.
pub(crate) fn either_unit(key: Key, tokens: &[TokenTree]) -> Option<String> {
    let [TokenTree::Literal(number)] = tokens else {
        return None;
    };
    let (name, number) = (key.name(), number.to_string().replace('_', ""));
    let in_seconds = of_number(&number)?;
    (in_seconds.strip_suffix('s') == Some(&number))
        .then(|| format!("`{name} = \"{number}ms\"` or `{name} = \"{number}s\"`"))
}

/// Converts `60`, `500ms`, `Duration::from_secs(60)` and the like.
///
/// Returns it in quotes.
pub(crate) fn as_duration(tokens: &[TokenTree]) -> Option<String> {
    without_quotes(tokens).map(|text| format!("\"{text}\""))
}

fn without_quotes(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [TokenTree::Literal(literal)] => of_number(&literal.to_string()),
        [TokenTree::Literal(number), TokenTree::Ident(unit)] => corrected(&format!("{number} {unit}")),
        _ => of_constructor(tokens),
    }
}

/// Converts `10`, `500ms` and `1.5`.
fn of_number(literal: &str) -> Option<String> {
    let literal = literal.replace('_', "");
    if let Some((number, decimals)) = literal.split_once('.') {
        return in_whole_numbers(number, decimals);
    }
    let digits = literal
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(literal.len());
    let (number, unit) = literal.split_at(digits);
    let known = is_unit(unit);
    match (number.trim_start_matches('0').is_empty(), unit.is_empty(), known) {
        (true, ..) => None,
        (_, true, _) => Some(format!("{number}s")),
        (.., true) => Some(literal),
        _ => None,
    }
}

/// Converts `Duration::from_secs(1)`.
fn of_constructor(tokens: &[TokenTree]) -> Option<String> {
    let [.., TokenTree::Ident(function), TokenTree::Group(argument)] = tokens else {
        return None;
    };
    let unit = match function.to_string().as_str() {
        "from_secs" => "s",
        "from_millis" => "ms",
        "from_micros" => "us",
        "from_nanos" => "ns",
        "from_mins" => "m",
        "from_hours" => "h",
        _ => return None,
    };
    let mut inside = argument.stream().into_iter();
    let number = shown(&inside.next()?).replace('_', "");
    let whole = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (whole && inside.next().is_none()).then(|| format!("{number}{unit}"))
}
