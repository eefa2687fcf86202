//! A rate: a part of a whole, in whole millionths.

use std::{fmt, str::FromStr, time::Duration};

use crate::config::ParseError;

/// One whole, in millionths.
const WHOLE: i64 = 1_000_000;
const MILLIONTHS_PER_PERCENT: i64 = 10_000;

/// A rate between 0 and 1, kept in whole millionths.
///
/// Millionths, because `0.07 * 100.0` is not `7.0` in floating point, and a breaker must trip *at*
/// its threshold. As text it is a percentage, `50%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

impl Rate {
    /// 0 %.
    pub const ZERO: Self = Self(0);

    /// Returns the rate of this number: `0.5` is 50 %.
    ///
    /// A breaker with a rate outside 0 to 1 is not built.
    pub fn new(rate: f64) -> Self {
        if rate.is_nan() {
            return Self(i64::MIN);
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "`as` saturates, and a rate out of range is refused later"
        )]
        Self((rate * 1e6).round() as i64)
    }

    /// Returns the rate of this many millionths: `500_000` is 50 %.
    pub const fn from_millionths(millionths: u32) -> Self {
        Self(millionths as i64)
    }

    /// Returns the rate as a number: 50 % is `0.5`.
    #[allow(clippy::cast_precision_loss, reason = "a million needs 20 bits")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    pub(crate) const fn is_above_zero(self) -> bool {
        self.0 > 0
    }

    pub(crate) const fn is_in_range(self) -> bool {
        self.0 >= 0 && self.0 <= WHOLE
    }

    /// Returns the millionths of a rate that was checked.
    #[allow(
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "called on checked rates"
    )]
    pub(crate) const fn millionths(self) -> u32 {
        self.0 as u32
    }

    /// Returns whether `part` of `all` is at least this rate; never if `all` is 0.
    pub(crate) const fn is_reached_by(self, part: u64, all: u64) -> bool {
        all > 0 && part as u128 * WHOLE as u128 >= self.millionths() as u128 * all as u128
    }

    /// Returns this part of a duration.
    pub(crate) fn of_duration(self, duration: Duration) -> Duration {
        let nanos = duration.as_nanos() * u128::from(self.millionths()) / WHOLE as u128;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Reads the rate of this key, as in the attribute: `50%`.
    ///
    /// It has at most four decimals: there is nothing finer than a millionth.
    pub(super) fn parse(key: &str, text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let Some(percent) = text.strip_suffix('%') else {
            return Err(ParseError::new(match percentage(text) {
                Some(percent) => format!("a rate needs a percent sign; did you mean `{key} = {percent}%`?"),
                None => not_a_rate(key, text),
            }));
        };
        let millionths = millionths_of(percent.trim_end());
        let rate = millionths
            .and_then(|millionths| i64::try_from(millionths).ok())
            .map(Self);
        match rate {
            None => Err(ParseError::new(not_a_rate(key, text))),
            Some(rate) if !rate.is_in_range() => Err(ParseError::new(format!("`{key}` is at most 100%"))),
            Some(rate) => Ok(rate),
        }
    }

    pub(super) fn above_zero(self, key: &str) -> Result<Self, ParseError> {
        if self.is_above_zero() {
            Ok(self)
        } else {
            Err(ParseError::new(format!("`{key}` must be more than 0%")))
        }
    }
}

/// Returns the millionths of a percentage: 125,000 for `12.5`.
///
/// `None` for any other text. More than four decimals would be finer than a millionth.
pub(crate) fn millionths_of(percent: &str) -> Option<u64> {
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) || decimals.len() > 4 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let parts: u64 = format!("{decimals:0<4}").parse().ok()?;
    whole
        .checked_mul(MILLIONTHS_PER_PERCENT.unsigned_abs())?
        .checked_add(parts)
}

/// Returns the percentage that a number without a sign stands for.
///
/// Both `0.5` and `50` stand for 50 %.
pub(crate) fn percentage(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let percent = if text.contains('.') && number <= 1.0 {
        (number * 1e6).round() / 1e4
    } else {
        number
    };
    (percent > 0.0 && percent <= 100.0).then_some(percent)
}

fn not_a_rate(key: &str, text: &str) -> String {
    match (key, text) {
        (_, "") => format!("`{key}` is empty; write for example `{key} = 50%`"),
        ("threshold", _) => format!(
            "`{text}` is neither a number nor a rate; write for example `threshold = 5` or `threshold = 50%`"
        ),
        _ => format!("`{text}` is not a rate; write a percentage such as `{key} = 20%`"),
    }
}

/// Reads a percentage, as it is written in the attribute: `50%`.
impl FromStr for Rate {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse("rate", text)
    }
}

/// In percent, as it is written in the attribute: `50%`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == i64::MIN {
            return f.pad("NaN");
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let per_percent = MILLIONTHS_PER_PERCENT.unsigned_abs();
        let (whole, rest) = (magnitude / per_percent, magnitude % per_percent);
        if rest == 0 {
            return f.pad(&format!("{sign}{whole}%"));
        }
        let digits = format!("{rest:04}");
        f.pad(&format!("{sign}{whole}.{}%", digits.trim_end_matches('0')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_reads_what_it_writes() {
        for millionths in [0, 1, 70_000, 125_000, 333_333, 999_999, 1_000_000] {
            let rate = Rate::from_millionths(millionths);
            assert_eq!(rate.to_string().parse(), Ok(rate), "{rate}");
        }
        assert_eq!(" 50 % ".parse(), Ok(Rate::new(0.5)));
    }

    #[test]
    fn a_text_that_is_not_a_percentage_is_refused() {
        for text in [
            "",
            "%",
            "50",
            "0.5",
            "-1%",
            "1.%",
            ".5%",
            "1.23456%",
            "100.0001%",
            "half",
            "1e1%",
            "١%",
        ] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
