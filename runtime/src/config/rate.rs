//! A rate: a part of a whole, in whole millionths.

use std::{fmt, time::Duration};

/// One whole, in millionths.
const WHOLE: i64 = 1_000_000;

/// A rate between 0 and 1, kept in whole millionths.
///
/// Millionths, because `0.07 * 100.0` is not `7.0` in floating point, and a breaker must trip *at* its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

impl Rate {
    /// 0 %.
    pub const ZERO: Self = Self(0);

    /// The rate of this number: `0.5` is 50 %. Building a breaker with a rate outside of 0 to 1 is an error.
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

    /// The rate of this many millionths: `500_000` is 50 %.
    pub const fn from_millionths(millionths: u32) -> Self {
        Self(millionths as i64)
    }

    /// The rate as a number: 50 % is `0.5`.
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

    /// Millionths, of a share that was checked.
    #[allow(
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "called on checked shares"
    )]
    pub(crate) const fn millionths(self) -> u32 {
        self.0 as u32
    }

    /// Whether `part` of `all` is at least this share. Nothing of nothing is no share.
    pub(crate) const fn is_reached_by(self, part: u64, all: u64) -> bool {
        all > 0 && part as u128 * WHOLE as u128 >= self.millionths() as u128 * all as u128
    }

    /// This share of a duration.
    pub(crate) fn of_duration(self, duration: Duration) -> Duration {
        let nanos = duration.as_nanos() * u128::from(self.millionths()) / WHOLE as u128;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// In percent, as it is written in the attribute: `50%`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == i64::MIN {
            return f.write_str("NaN");
        }
        let (sign, magnitude) = if self.0 < 0 {
            ("-", self.0.unsigned_abs())
        } else {
            ("", self.0.unsigned_abs())
        };
        let (whole, rest) = (magnitude / 10_000, magnitude % 10_000);
        if rest == 0 {
            return write!(f, "{sign}{whole}%");
        }
        let digits = format!("{rest:04}");
        write!(f, "{sign}{whole}.{}%", digits.trim_end_matches('0'))
    }
}
