//! Durations as text: `number unit`, from large to small, each unit once.

use std::{fmt, time::Duration};

use crate::config::{ParseError, limits::LONGEST};

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

const EXAMPLES: &str = "`10s`, `500ms` or `1m 30s`";

/// Reads the duration of this key, as in the attribute: `10s`, `1m 30s`.
pub(crate) fn parse(key: &str, text: &str) -> Result<Duration, ParseError> {
    read(key, text.trim()).map_err(ParseError::new)
}

fn read(key: &str, text: &str) -> Result<Duration, String> {
    if text.is_empty() {
        return Err("the duration is empty; write for example `10s`".to_owned());
    }
    if text.starts_with('-') {
        return Err("a duration cannot be negative".to_owned());
    }
    let (mut total, mut smallest, mut rest) = (0_u128, u128::MAX, text);
    while !rest.is_empty() {
        let (number, unit, after) = part(rest).ok_or_else(|| not_a_duration(text))?;
        let nanos = unit_nanos(number, unit, text)?;
        if nanos >= smallest {
            return Err(format!(
                "the units of `{text}` must go from large to small, each once, as in `1m 30s`"
            ));
        }
        smallest = nanos;
        total = number
            .parse::<u128>()
            .ok()
            .and_then(|number| number.checked_mul(nanos))
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= LONGEST.as_nanos())
            .ok_or_else(|| format!("`{text}` is too large; the longest duration is 100 years, `36500d`"))?;
        rest = after;
    }
    if total == 0 {
        return Err(format!("`{key}` must be longer than zero"));
    }
    let (seconds, nanos) = (total / 1_000_000_000, total % 1_000_000_000);
    match (u64::try_from(seconds), u32::try_from(nanos)) {
        (Ok(seconds), Ok(nanos)) => Ok(Duration::new(seconds, nanos)),
        _ => Err(not_a_duration(text)),
    }
}

/// The digits, the unit after them, and the rest.
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

/// The message for a number alone. One of three digits or more may be one of
/// milliseconds.
fn without_unit(number: &str) -> String {
    if number.len() < 3 {
        format!("`{number}` has no unit; did you mean `{number}s`?")
    } else {
        format!("`{number}` has no unit; did you mean `{number}ms` or `{number}s`?")
    }
}

fn unit_nanos(number: &str, unit: &str, whole: &str) -> Result<u128, String> {
    if let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*nanos);
    }
    if unit.is_empty() && number == whole {
        return Err(without_unit(whole));
    }
    if unit.is_empty() {
        return Err(format!(
            "`{number}` in `{whole}` has no unit; use `ms`, `s`, `m`, `h` or `d`"
        ));
    }
    if unit.starts_with('.') {
        return Err(format!(
            "a duration is written in whole numbers, as in {EXAMPLES}"
        ));
    }
    let meant = corrected(whole).map(|whole| format!("; did you mean `{whole}`?"));
    Err(format!(
        "unknown unit `{unit}` in `{whole}`; use `ms`, `s`, `m`, `h` or `d`{}",
        meant.unwrap_or_default()
    ))
}

/// The whole duration, with the units that were meant.
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

fn not_a_duration(text: &str) -> String {
    format!("`{text}` is not a duration; write a whole number and a unit, such as {EXAMPLES}")
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
        assert_eq!(parse("cooldown", "36500d"), Ok(LONGEST));
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
        assert!(message("1.5s").starts_with("a duration is written in whole numbers"));
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
        fn what_is_written_reads_as_the_same(nanos in 1..=LONGEST.as_nanos()) {
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
