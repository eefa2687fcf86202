//! A clock that runs user code, and the breaker that reads it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use fusebox::{CircuitBreaker, Clock, Registry, Sleep};
use fusebox_tests::hostile::{Hook, Mischief, Place, attack};

/// Stands still, and is hostile whenever it is read.
pub(super) struct HostileClock(pub(super) Arc<Mischief>);

impl Clock for HostileClock {
    fn now(&self) -> Duration {
        self.0.at(Hook::Clock);
        Duration::from_secs(1)
    }

    fn sleep_until(&self, _: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

/// Reads the clock to reject a call.
struct Rejecting(CircuitBreaker);

impl Place for Rejecting {
    const HOOKS: &'static [Hook] = &[Hook::Clock];

    fn new(mischief: &Arc<Mischief>) -> Self {
        let registry = Registry::builder()
            .clock(HostileClock(Arc::clone(mischief)))
            .build();
        let breaker = registry.breaker("subject").build().expect("legal");
        breaker.trip();
        Self(breaker)
    }

    fn act(&self) {
        self.0.try_acquire().expect_err("open");
    }

    fn probe(&self) {
        self.0.try_acquire().expect_err("open");
        let _ = (self.0.snapshot(), self.0.settings());
        self.0.trip();
    }
}

#[test]
fn a_clock_is_read_with_no_lock_held() {
    attack::<Rejecting>();
}
