//! Durations as text: `number unit`, from large to small, each unit once.

use std::{fmt, time::Duration};

use crate::config::{ParseError, limits::MAX_DURATION};

/// Nanoseconds per unit, from large to small.
///
/// One unit has three spellings: `us`, and `µs` with either of its two letters.
pub(crate) const UNITS: [(&str, u128); 9] = [
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

/// The quotes around a value in a message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Quotes {
    /// As in the attribute and in a file.
    #[cfg_attr(not(feature = "config"), allow(dead_code, reason = "files need the feature"))]
    Written,
    /// As in a variable or an argument, which are always text.
    None,
}

impl Quotes {
    fn around(self, text: &str) -> String {
        match self {
            Self::Written => format!("`\"{text}\"`"),
            Self::None => format!("`{text}`"),
        }
    }

    fn examples(self) -> String {
        let [one, two, three] = ["10s", "500ms", "1m 30s"].map(|example| self.around(example));
        format!("{one}, {two} or {three}")
    }
}

/// Reads the duration of this key, as in the attribute: `10s`, `1m 30s`.
pub(crate) fn parse(key: &str, text: &str) -> Result<Duration, ParseError> {
    parse_in(Quotes::None, key, text)
}

/// Like [`parse`]; the error shows what to write in these quotes.
pub(crate) fn parse_in(quotes: Quotes, key: &str, text: &str) -> Result<Duration, ParseError> {
    read(quotes, key, text.trim()).map_err(ParseError::new)
}

fn read(quotes: Quotes, key: &str, text: &str) -> Result<Duration, String> {
    if text.is_empty() {
        let example = quotes.around("10s");
        return Err(format!("the duration is empty; write for example {example}"));
    }
    if let (Quotes::Written, "window", Some(calls)) = (quotes, key, calls(text)) {
        return Err(format!(
            "a number of calls is written without quotes; write `window = {calls}`"
        ));
    }
    if text.starts_with('-') {
        return Err("a duration cannot be negative".to_owned());
    }
    let not_a_duration = || not_a_duration(quotes, text);
    let (mut total, mut smallest, mut rest) = (0_u128, u128::MAX, text);
    while !rest.is_empty() {
        let (number, unit, after) = part(rest).ok_or_else(not_a_duration)?;
        let nanos = unit_nanos(quotes, key, (number, unit), text)?;
        if nanos >= smallest {
            let example = quotes.around("1m 30s");
            return Err(format!(
                "the units of `{text}` must go from large to small, each once, as in {example}"
            ));
        }
        smallest = nanos;
        let part = number
            .parse::<u128>()
            .ok()
            .and_then(|number| number.checked_mul(nanos));
        total = part
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= MAX_DURATION.as_nanos())
            .ok_or_else(|| {
                let longest = quotes.around("36500d");
                format!("`{text}` is too large; the longest duration is 100 years, {longest}")
            })?;
        rest = after;
    }
    if total == 0 {
        return Err(format!("`{key}` must be longer than zero"));
    }
    let (seconds, nanos) = (total / 1_000_000_000, total % 1_000_000_000);
    match (u64::try_from(seconds), u32::try_from(nanos)) {
        (Ok(seconds), Ok(nanos)) => Ok(Duration::new(seconds, nanos)),
        _ => Err(not_a_duration()),
    }
}

/// Returns the number in `10 calls`.
fn calls(text: &str) -> Option<u32> {
    let (number, unit, rest) = part(text)?;
    let is_calls = matches!(unit, "call" | "calls" | "request" | "requests") && rest.is_empty();
    is_calls.then(|| number.parse().ok())?
}

/// Returns the digits, the unit after them, and the rest.
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

/// Returns the message for a number alone. A number of three digits or more may
/// be in milliseconds.
fn without_unit(quotes: Quotes, key: &str, number: &str) -> String {
    let seconds = format!("{number}s");
    if let (Quotes::Written, "window") = (quotes, key) {
        return format!(
            "`{number}` has no unit; write `window = {number}` (calls) or `window = \"{seconds}\"`"
        );
    }
    let seconds = quotes.around(&seconds);
    if number.len() < 3 {
        format!("`{number}` has no unit; did you mean {seconds}?")
    } else {
        let millis = quotes.around(&format!("{number}ms"));
        format!("`{number}` has no unit; did you mean {millis} or {seconds}?")
    }
}

fn unit_nanos(quotes: Quotes, key: &str, (number, unit): (&str, &str), whole: &str) -> Result<u128, String> {
    if let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*nanos);
    }
    if unit.is_empty() && number == whole {
        return Err(without_unit(quotes, key, whole));
    }
    if unit.is_empty() {
        return Err(format!(
            "`{number}` in `{whole}` has no unit; use `ms`, `s`, `m`, `h` or `d`"
        ));
    }
    if unit.starts_with('.') {
        return Err(fraction(quotes, number, whole));
    }
    let meant = corrected(whole).map(|whole| format!("; did you mean {}?", quotes.around(&whole)));
    Err(format!(
        "unknown unit `{unit}` in `{whole}`; use `ms`, `s`, `m`, `h` or `d`{}",
        meant.unwrap_or_default()
    ))
}

/// Returns the message for a fraction, with a suggestion in whole numbers.
fn fraction(quotes: Quotes, number: &str, whole: &str) -> String {
    let rest = whole.split_once('.').map_or("", |(_, rest)| rest);
    match in_whole_numbers(number, rest) {
        Some(exact) => format!(
            "a duration is written in whole numbers; did you mean {}?",
            quotes.around(&exact)
        ),
        None => format!(
            "a duration is written in whole numbers, as in {}",
            quotes.examples()
        ),
    }
}

/// Converts a fraction to whole numbers: of `1` and `5s` it makes `1500ms`.
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
        let size = scale.checked_mul(*size);
        size.is_some_and(|size| value.is_multiple_of(size))
    };
    let (smaller, size) = UNITS.iter().find(is_exact)?;
    (value > 0).then(|| format!("{}{smaller}", value / scale / size))
}

/// Returns the whole duration, with the units that were meant.
fn corrected(whole: &str) -> Option<String> {
    let (mut parts, mut rest) = (Vec::new(), whole);
    while !rest.is_empty() {
        let (number, unit, after) = part(rest)?;
        parts.push(format!("{number}{}", meant_unit(unit)?));
        rest = after;
    }
    Some(parts.join(" "))
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

fn not_a_duration(quotes: Quotes, text: &str) -> String {
    let examples = quotes.examples();
    format!("`{text}` is not a duration; write a whole number and a unit, such as {examples}")
}

/// A duration in the grammar that [`parse`] reads: `1m 30s`.
///
/// Zero, which no setting may be, is `0s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurationText(pub(crate) Duration);

impl fmt::Display for DurationText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_nanos();
        if rest == 0 {
            return f.write_str("0s");
        }
        let mut blank = "";
        for (unit, nanos) in UNITS {
            // Each unit once: `us` leaves nothing for its other spellings.
            if rest >= nanos {
                write!(f, "{blank}{}{unit}", rest / nanos)?;
                rest %= nanos;
                blank = " ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(text: &str) -> String {
        parse("cooldown", text).expect_err(text).to_string()
    }

    #[test]
    fn units_go_from_large_to_small_with_or_without_blanks() {
        let minute_and_a_half = Duration::from_secs(90);
        for text in ["90s", "1m 30s", "1m30s", " 1 m 30 s ", "90000ms"] {
            assert_eq!(parse("cooldown", text), Ok(minute_and_a_half), "{text}");
        }
        for unit in ["us", "µs", "μs"] {
            assert_eq!(
                parse("cooldown", &format!("7{unit}")),
                Ok(Duration::from_micros(7))
            );
        }
        assert_eq!(parse("cooldown", "36500d"), Ok(MAX_DURATION));
    }

    #[test]
    fn a_wrong_duration_gets_the_words_of_the_attribute() {
        assert_eq!(message("10"), "`10` has no unit; did you mean `10s`?");
        assert_eq!(
            message("500"),
            "`500` has no unit; did you mean `500ms` or `500s`?"
        );
        assert_eq!(
            message("10 sec"),
            "unknown unit `sec` in `10 sec`; use `ms`, `s`, `m`, `h` or `d`; did you mean `10s`?"
        );
        assert_eq!(message("0s"), "`cooldown` must be longer than zero");
        assert_eq!(message(""), "the duration is empty; write for example `10s`");
        assert_eq!(message("-1s"), "a duration cannot be negative");
        assert_eq!(
            message("30s 1m"),
            "the units of `30s 1m` must go from large to small, each once, as in `1m 30s`"
        );
        assert_eq!(
            message("36500d 1ns"),
            "`36500d 1ns` is too large; the longest duration is 100 years, `36500d`"
        );
        assert_eq!(
            message("1.5s"),
            "a duration is written in whole numbers; did you mean `1500ms`?"
        );
        assert!(message("soon").starts_with("`soon` is not a duration"));
    }

    #[test]
    fn a_duration_is_written_in_the_grammar_that_is_read() {
        let text = |duration| DurationText(duration).to_string();
        assert_eq!(text(Duration::from_millis(90_500)), "1m 30s 500ms");
        assert_eq!(text(Duration::from_nanos(1_001_001)), "1ms 1us 1ns");
        assert_eq!(text(Duration::from_secs(30)), "30s");
        assert_eq!(text(Duration::ZERO), "0s");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same(nanos in 1..=MAX_DURATION.as_nanos()) {
            let duration = Duration::new(
                u64::try_from(nanos / 1_000_000_000).expect("100 years"),
                u32::try_from(nanos % 1_000_000_000).expect("a remainder"),
            );
            let text = DurationText(duration).to_string();
            prop_assert_eq!(parse("cooldown", &text), Ok(duration), "{}", text);
        }

        #[test]
        fn what_is_read_is_what_humantime_reads(text in "( ?[0-9]{1,6} ?(ns|us|µs|ms|s|m|h|d|x|M|\\.5s)?){0,4}") {
            if let Ok(duration) = parse("cooldown", &text) {
                prop_assert_eq!(humantime::parse_duration(text.trim()).ok(), Some(duration), "{}", text);
            }
        }

        #[test]
        fn any_text_is_a_duration_or_an_error(text in "\\PC{0,12}") {
            if let Ok(duration) = parse("cooldown", &text) {
                prop_assert_eq!(humantime::parse_duration(text.trim()).ok(), Some(duration), "{}", text);
            }
        }
    }
}
