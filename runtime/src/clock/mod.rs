//! Where time comes from: tokio's clock, or one of your own.

#[cfg(feature = "test-util")]
mod manual;
mod tokio;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

#[cfg(feature = "test-util")]
pub use manual::ManualClock;

/// The future that [`Clock::sleep_until`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A monotonic clock.
///
/// The default clock is `tokio::time::Instant`: real time, and the paused time of `#[::tokio::test(start_paused = true)]`. Give a
/// registry another one with [`RegistryBuilder::clock`](crate::RegistryBuilder::clock). A clock that steps back does no harm: nothing
/// closes early and nothing panics.
pub trait Clock: Send + Sync + 'static {
    /// The time since a fixed moment of this clock's choice.
    fn now(&self) -> Duration;

    /// Completes once [`now`](Clock::now) has reached `deadline`; used by
    /// [`ready`](crate::CircuitBreaker::ready) alone.
    fn sleep_until(&self, deadline: Duration) -> Sleep;
}

/// A reading of a breaker's clock, in nanoseconds since that clock's fixed moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp(u64);

impl Timestamp {
    pub(crate) const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    pub(crate) const fn nanos(self) -> u64 {
        self.0
    }

    /// This much later, at most the end of time.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }

    /// The time since `earlier`, zero where that lies ahead.
    pub(crate) const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    pub(crate) const fn as_duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }
}

/// A duration in whole nanoseconds, saturating at 584 years.
#[inline]
pub(crate) const fn nanos(duration: Duration) -> u64 {
    // In 64 bits: `as_nanos` takes 128, which shows where a clock is read for each call.
    match duration.as_secs().checked_mul(1_000_000_000) {
        Some(nanos) => nanos.saturating_add(duration.subsec_nanos() as u64),
        None => u64::MAX,
    }
}

/// The clock of one registry. An enum, so that the default one is inlined.
#[derive(Clone)]
pub(crate) enum ClockSource {
    Tokio,
    Custom(Arc<dyn Clock>),
}

impl ClockSource {
    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Tokio => Timestamp(tokio::tokio_nanos()),
            Self::Custom(clock) => Timestamp(nanos(clock.now())),
        }
    }

    pub(crate) fn sleep_until(&self, deadline: Timestamp) -> Sleep {
        match self {
            Self::Tokio => Box::pin(::tokio::time::sleep(deadline.since(self.now()))),
            Self::Custom(clock) => clock.sleep_until(deadline.as_duration()),
        }
    }
}

impl fmt::Debug for ClockSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tokio => "tokio::time::Instant",
            Self::Custom(_) => "a custom clock",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ClockSource, Duration, Timestamp};

    #[tokio::test(start_paused = true)]
    async fn the_default_clock_follows_paused_time() {
        let clock = ClockSource::Tokio;
        let before = clock.now();
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(clock.now().since(before), Duration::from_secs(10));
    }

    #[test]
    fn the_default_clock_is_read_without_a_runtime() {
        let clock = ClockSource::Tokio;
        assert!(clock.now() <= clock.now());
    }

    #[test]
    fn arithmetic_saturates() {
        let end = Timestamp(u64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
        assert_eq!(Timestamp(0).since(end), Duration::ZERO);
    }
}
