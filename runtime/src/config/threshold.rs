//! The threshold at which a breaker trips.

use std::fmt;

use crate::config::Rate;

/// The number of failures, or the failure rate, at which a breaker trips.
///
/// | written | attribute | range |
/// |---|---|---|
/// | `Threshold::failures(5)` | `threshold = 5` | 1 to 1,000,000; with a window, to 10,000 |
/// | `Threshold::rate(0.5)` | `threshold = "50%"` | above 0, at most 1; needs a window |
///
/// Limits are reached, not exceeded: 5 means that the fifth failure trips. As text it is `5` or
/// `50%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "failure_rate_threshold")]
#[doc(alias = "failure_threshold")]
pub struct Threshold(pub(crate) ThresholdKind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ThresholdKind {
    Failures(u32),
    Rate(Rate),
}

impl Threshold {
    /// Trips at this many failures.
    ///
    /// Consecutive ones, or with a window those in it.
    pub const fn failures(failures: u32) -> Self {
        Self(ThresholdKind::Failures(failures))
    }

    /// Trips at this failure rate among the calls of the window.
    ///
    /// `0.5` is one half.
    pub fn rate(rate: f64) -> Self {
        Self(ThresholdKind::Rate(Rate::new(rate)))
    }

    /// Trips at this failure rate; for constants.
    pub const fn from_rate(rate: Rate) -> Self {
        Self(ThresholdKind::Rate(rate))
    }

    /// Returns the number of failures, if the threshold is a number.
    pub const fn as_failures(self) -> Option<u32> {
        match self.0 {
            ThresholdKind::Failures(failures) => Some(failures),
            ThresholdKind::Rate(_) => None,
        }
    }

    /// Returns the failure rate, if the threshold is a rate.
    pub const fn as_rate(self) -> Option<Rate> {
        match self.0 {
            ThresholdKind::Failures(_) => None,
            ThresholdKind::Rate(rate) => Some(rate),
        }
    }
}

/// A number of failures.
impl From<u32> for Threshold {
    fn from(failures: u32) -> Self {
        Self::failures(failures)
    }
}

/// As in the attribute: `5` or `50%`.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ThresholdKind::Failures(failures) => failures.fmt(f),
            ThresholdKind::Rate(rate) => rate.fmt(f),
        }
    }
}
