//! The source of time: tokio's clock, or one of your own.

mod instant;
#[cfg(feature = "test-util")]
mod manual;
mod timestamp;
mod tokio;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

#[cfg(feature = "test-util")]
pub use manual::ManualClock;

pub(crate) use timestamp::{Timestamp, nanos};

/// The future that [`Clock::sleep_until`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A monotonic clock.
///
/// The default clock is `tokio::time::Instant`: real time, and the paused time of
/// `#[tokio::test(start_paused = true)]`. [`RegistryBuilder::clock`](crate::RegistryBuilder::clock)
/// gives a registry another one. A clock that steps back closes nothing early and causes no panic.
pub trait Clock: Send + Sync + 'static {
    /// Returns the time since a fixed moment that the clock chooses.
    fn now(&self) -> Duration;

    /// Completes once [`now`](Clock::now) has reached `deadline`. Only
    /// [`ready`](crate::CircuitBreaker::ready) calls it.
    fn sleep_until(&self, deadline: Duration) -> Sleep;

    /// Returns the time of day. Default: the system's.
    ///
    /// Only the age of [last good values](crate::last_good) depends on it, because a monotonic
    /// clock stands still while the machine is suspended.
    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// The clock of one registry. An enum, so that the default clock is inlined.
#[derive(Clone)]
pub(crate) enum ClockSource {
    Tokio,
    Custom(Arc<dyn Clock>),
}

impl ClockSource {
    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Tokio => Timestamp::from_nanos(tokio::tokio_nanos()),
            Self::Custom(clock) => read(&**clock),
        }
    }

    #[cfg_attr(not(feature = "last-good"), allow(dead_code, reason = "ages kept values"))]
    pub(crate) fn wall_clock(&self) -> SystemTime {
        match self {
            Self::Tokio => SystemTime::now(),
            Self::Custom(clock) => clock.wall_clock(),
        }
    }

    pub(crate) fn sleep_until(&self, deadline: Timestamp) -> Sleep {
        match self {
            Self::Tokio => Box::pin(::tokio::time::sleep(deadline.since(self.now()))),
            Self::Custom(clock) => clock.sleep_until(deadline.as_duration()),
        }
    }
}

/// Reads a clock of the user.
///
/// Not inlined, so that a reading of the default clock saves no registers for it.
#[inline(never)]
fn read(clock: &dyn Clock) -> Timestamp {
    Timestamp::from_nanos(nanos(clock.now()))
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
    use super::{ClockSource, Duration};

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
}
