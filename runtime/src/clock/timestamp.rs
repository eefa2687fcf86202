//! A reading of a clock.

use std::time::Duration;

/// A reading of a breaker's clock, in nanoseconds since its fixed moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(u64);

impl Timestamp {
    pub(crate) const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    pub(crate) const fn nanos(self) -> u64 {
        self.0
    }

    /// Returns the reading this much later, saturating at the end of time.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    /// Returns the time since `earlier`; zero if `earlier` lies ahead.
    pub(crate) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    pub(crate) const fn as_duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }
}

/// Converts a duration into whole nanoseconds, saturating at 584 years.
#[inline]
pub(crate) const fn nanos(duration: Duration) -> u64 {
    // In 64 bits: `as_nanos` computes in 128, which costs a measurable time if each call reads the
    // clock.
    match duration.as_secs().checked_mul(1_000_000_000) {
        Some(nanos) => nanos.saturating_add(duration.subsec_nanos() as u64),
        None => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        let end = Timestamp(u64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
        assert_eq!(Timestamp(0).since(end), Duration::ZERO);
    }
}
