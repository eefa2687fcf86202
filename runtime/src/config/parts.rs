//! The three values that settings are made of: shares, thresholds and windows.

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

/// When a breaker trips: at a number of failures, or at a share of them.
///
/// | written | attribute | range |
/// |---|---|---|
/// | `Threshold::failures(5)` | `threshold = 5` | 1 to 1,000,000 in a row; 1 to 10,000 with a window |
/// | `Threshold::rate(0.5)` | `threshold = "50%"` | above 0, at most 1; needs a window |
///
/// Limits are reached, not exceeded: 5 means that the fifth failure trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "failure_rate_threshold")]
#[doc(alias = "failure_threshold")]
pub struct Threshold(pub(crate) ThresholdKind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ThresholdKind {
    Failures(u32),
    Share(Share),
}

impl Threshold {
    /// Trips at this many failures: in a row without a window, within the window otherwise.
    pub const fn failures(failures: u32) -> Self {
        Self(ThresholdKind::Failures(failures))
    }

    /// Trips at this share of failures among the calls of the window: `0.5` is one half.
    pub fn rate(ratio: f64) -> Self {
        Self(ThresholdKind::Share(Share::of(ratio)))
    }

    /// Trips at this share of failures, in a constant.
    pub const fn share(share: Share) -> Self {
        Self(ThresholdKind::Share(share))
    }

    /// The number of failures, where it is a number.
    pub const fn as_failures(self) -> Option<u32> {
        match self.0 {
            ThresholdKind::Failures(failures) => Some(failures),
            ThresholdKind::Share(_) => None,
        }
    }

    /// The share of failures, where it is a share.
    pub const fn as_share(self) -> Option<Share> {
        match self.0 {
            ThresholdKind::Failures(_) => None,
            ThresholdKind::Share(share) => Some(share),
        }
    }
}

/// A plain number is one of failures.
impl From<u32> for Threshold {
    fn from(failures: u32) -> Self {
        Self::failures(failures)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ThresholdKind::Failures(failures) => failures.fmt(f),
            ThresholdKind::Share(share) => share.fmt(f),
        }
    }
}

/// Over which calls the threshold is judged.
///
/// | written | attribute | range | exactness |
/// |---|---|---|---|
/// | `Window::calls(20)` | `window = 20` | 1 to 10,000 calls | exact |
/// | `Window::time(d)` with a number of failures | `window = "10s"` | up to 100 years | exact |
/// | `Window::time(d)` with a share | `window = "10s"` | up to 100 years | a call counts for at least 9/10 of the time, at most for all of it |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "sliding_window_size")]
#[doc(alias = "sampling_duration")]
pub struct Window(pub(crate) WindowKind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum WindowKind {
    Calls(u32),
    Time(Duration),
}

impl Window {
    /// The last so many counted calls.
    pub const fn calls(calls: u32) -> Self {
        Self(WindowKind::Calls(calls))
    }

    /// The calls that ended within the last so much time.
    pub const fn time(duration: Duration) -> Self {
        Self(WindowKind::Time(duration))
    }

    /// The number of calls, where it counts calls.
    pub const fn as_calls(self) -> Option<u32> {
        match self.0 {
            WindowKind::Calls(calls) => Some(calls),
            WindowKind::Time(_) => None,
        }
    }

    /// The duration, where it is one of time.
    pub const fn as_time(self) -> Option<Duration> {
        match self.0 {
            WindowKind::Calls(_) => None,
            WindowKind::Time(duration) => Some(duration),
        }
    }
}

/// A plain number is one of calls.
impl From<u32> for Window {
    fn from(calls: u32) -> Self {
        Self::calls(calls)
    }
}

/// A duration is one of time.
impl From<Duration> for Window {
    fn from(length: Duration) -> Self {
        Self::time(length)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            WindowKind::Calls(calls) => write!(f, "{calls} calls"),
            WindowKind::Time(duration) => write!(f, "{duration:?}"),
        }
    }
}
