//! A rate: a part of a whole, in whole millionths.

use std::{fmt, time::Duration};

/// One whole, in millionths.
const WHOLE: i64 = 1_000_000;

/// A share between nothing and everything, kept in whole millionths.
///
/// Millionths, because `0.07 * 100.0` is not `7.0` in floating point, and a breaker must trip *at* its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(i64);

impl Share {
    /// No share at all.
    pub const NOTHING: Self = Self(0);

    /// The share that a ratio says: `0.5` is one half. A ratio outside of 0 to 1 is refused when a breaker is built with it.
    pub fn of(ratio: f64) -> Self {
        if ratio.is_nan() {
            return Self(i64::MIN);
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "`as` saturates, which is what an absurd ratio deserves"
        )]
        Self((ratio * 1e6).round() as i64)
    }

    /// The share of so many millionths: `500_000` is one half.
    pub const fn from_millionths(millionths: u32) -> Self {
        Self(millionths as i64)
    }

    /// The share as a ratio: one half is `0.5`.
    #[allow(clippy::cast_precision_loss, reason = "a million needs 20 bits")]
    pub fn ratio(self) -> f64 {
        self.0 as f64 / 1e6
    }

    pub(crate) const fn is_above_nothing(self) -> bool {
        self.0 > 0
    }

    pub(crate) const fn is_a_share(self) -> bool {
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
impl fmt::Display for Share {
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
