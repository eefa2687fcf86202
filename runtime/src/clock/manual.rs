//! A clock that a test moves by hand.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use tokio::sync::Notify;

use crate::clock::{Clock, Sleep, nanos};

/// A clock for tests, which stands still until a test moves it.
///
/// All clones are one clock.
///
/// ```
/// use std::time::Duration;
/// use fusebox::{Registry, State, Threshold, testing::ManualClock};
///
/// let clock = ManualClock::new();
/// let registry = Registry::builder().clock(clock.clone()).build();
/// let orders = registry.breaker("orders").cooldown(Duration::from_secs(10)).build()?;
/// orders.trip();
/// clock.advance(Duration::from_secs(10));
/// assert_eq!(orders.state(), State::HalfOpen);
/// # Ok::<(), fusebox::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct ManualClock(Arc<ManualTime>);

struct ManualTime {
    nanos: AtomicU64,
    /// How far the wall clock is ahead of this clock, in nanoseconds.
    suspended: AtomicU64,
    moved: Notify,
}

impl ManualClock {
    /// Makes a clock that reads zero.
    pub fn new() -> Self {
        Self(Arc::new(ManualTime {
            nanos: AtomicU64::new(0),
            suspended: AtomicU64::new(0),
            moved: Notify::new(),
        }))
    }

    /// Moves the clock forward, and wakes the waiters whose time has come.
    pub fn advance(&self, duration: Duration) {
        self.set(self.now().saturating_add(duration));
    }

    /// Sets the clock, to an earlier time too.
    pub fn set(&self, now: Duration) {
        // SeqCst: a test clock need not be fast.
        self.0.nanos.store(nanos(now), Ordering::SeqCst);
        self.0.moved.notify_waiters();
    }
}

impl ManualClock {
    /// Moves only the wall clock forward, like a suspended machine.
    pub fn suspend(&self, duration: Duration) {
        self.0.suspended.fetch_add(nanos(duration), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.nanos.load(Ordering::SeqCst))
    }

    /// Returns the sum of [`now`](Self::now) and of all suspensions, since 1970.
    fn wall_clock(&self) -> SystemTime {
        let suspended = Duration::from_nanos(self.0.suspended.load(Ordering::SeqCst));
        SystemTime::UNIX_EPOCH + self.now() + suspended
    }

    fn sleep_until(&self, deadline: Duration) -> Sleep {
        let clock = self.clone();
        Box::pin(async move {
            loop {
                let mut moved = std::pin::pin!(clock.0.moved.notified());
                moved.as_mut().enable();
                if clock.now() >= deadline {
                    return;
                }
                moved.await;
            }
        })
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManualClock").field(&self.now()).finish()
    }
}
