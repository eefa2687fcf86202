//! When a breaker trips.

use std::fmt;

use crate::config::Rate;

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
    Rate(Rate),
}

impl Threshold {
    /// Trips at this many failures: in a row without a window, within the window otherwise.
    pub const fn failures(failures: u32) -> Self {
        Self(ThresholdKind::Failures(failures))
    }

    /// Trips at this share of failures among the calls of the window: `0.5` is one half.
    pub fn rate(ratio: f64) -> Self {
        Self(ThresholdKind::Rate(Rate::new(ratio)))
    }

    /// Trips at this share of failures, in a constant.
    pub const fn from_rate(rate: Rate) -> Self {
        Self(ThresholdKind::Rate(rate))
    }

    /// The number of failures, where it is a number.
    pub const fn as_failures(self) -> Option<u32> {
        match self.0 {
            ThresholdKind::Failures(failures) => Some(failures),
            ThresholdKind::Rate(_) => None,
        }
    }

    /// The share of failures, where it is a share.
    pub const fn as_rate(self) -> Option<Rate> {
        match self.0 {
            ThresholdKind::Failures(_) => None,
            ThresholdKind::Rate(share) => Some(share),
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
            ThresholdKind::Rate(share) => share.fmt(f),
        }
    }
}
