//! A breaker in its own registry, on a clock that the test moves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use fusebox::{
    CircuitBreaker, CircuitBreakerBuilder, Event, OwnedPermit, Registry, Threshold, Window,
    testing::ManualClock,
};

/// One second.
pub const SECOND: Duration = secs(1);
/// One minute.
pub const MINUTE: Duration = secs(60);
/// The cooldown of a [`Bench`], unless the test sets another.
pub const COOLDOWN: Duration = secs(10);

/// What a test sets on a builder.
pub type Set = fn(CircuitBreakerBuilder) -> CircuitBreakerBuilder;

/// Each kind of window, with a threshold of 5 failures or of half of the calls.
pub const WINDOWS: [(&str, Set); 5] = [
    ("consecutive failures", |b| b.threshold(Threshold::failures(5))),
    ("failures within 10 s", |b| {
        b.threshold(Threshold::failures(5)).window(Window::time(secs(10)))
    }),
    ("failures in 100 calls", |b| {
        b.threshold(Threshold::failures(5)).window(Window::calls(100))
    }),
    ("failure rate of 100 calls", |b| {
        b.threshold(Threshold::rate(0.5)).window(Window::calls(100))
    }),
    ("failure rate within 10 s", |b| {
        b.threshold(Threshold::rate(0.5)).window(Window::time(secs(10)))
    }),
];

/// A breaker, its clock and its registry.
#[derive(Debug)]
pub struct Bench {
    /// The clock of the breaker.
    pub clock: ManualClock,
    /// The registry that holds only this breaker.
    pub registry: Registry,
    /// The breaker.
    pub breaker: CircuitBreaker,
}

/// Builds a breaker with 3 consecutive failures and a cooldown of 10 s.
/// `change` may set more.
pub fn bench(change: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder) -> Bench {
    Bench::new("bench", |builder| {
        change(builder.threshold(Threshold::failures(3)).cooldown(COOLDOWN))
    })
}

/// Builds a breaker with default settings and returns it with its clock.
/// `change` may set more.
pub fn breaker(
    change: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder,
) -> (CircuitBreaker, ManualClock) {
    named("subject", change)
}

/// Builds a breaker like [`breaker`], with a name of its own.
pub fn named(
    name: &str,
    change: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder,
) -> (CircuitBreaker, ManualClock) {
    let Bench { breaker, clock, .. } = Bench::new(name, change);
    (breaker, clock)
}

impl Bench {
    fn new(name: &str, change: impl FnOnce(CircuitBreakerBuilder) -> CircuitBreakerBuilder) -> Self {
        let clock = ManualClock::new();
        clock.set(secs(1_000));
        let registry = Registry::builder().clock(clock.clone()).build();
        let breaker = change(registry.breaker(name)).build().expect("legal settings");
        Self {
            clock,
            registry,
            breaker,
        }
    }

    /// Makes calls that succeed.
    pub fn succeed(&self, times: usize) {
        (0..times).for_each(|_| succeed(&self.breaker));
    }

    /// Makes calls that fail.
    pub fn fail(&self, times: usize) {
        (0..times).for_each(|_| fail(&self.breaker));
    }

    /// Acquires a permit that may outlive the borrow of the breaker.
    pub fn permit(&self) -> OwnedPermit {
        self.breaker.try_acquire_owned().expect("the call is admitted")
    }

    /// Returns whether a call is rejected now.
    /// An admitted call is cancelled at once.
    pub fn is_rejected(&self) -> bool {
        self.breaker.try_acquire().is_err()
    }

    /// Trips the breaker and moves the clock to the end of the cooldown.
    pub fn trip_and_cool_down(&self) {
        self.breaker.trip();
        self.clock.advance(COOLDOWN);
    }
}

/// Counts the events that its subscribers get.
#[derive(Debug, Clone, Default)]
pub struct EventCount(Arc<AtomicUsize>);

impl EventCount {
    /// Returns a subscriber whose events are counted.
    pub fn subscriber(&self) -> impl Fn(&Event) + Send + Sync + 'static {
        let count = self.clone();
        move |_| {
            count.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Returns how many events have come.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Waits until another thread has done something, for 10 s at most.
///
/// # Panics
/// If it did not happen.
pub fn eventually(is_done: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_done() {
        assert!(start.elapsed() < COOLDOWN, "it did not happen within 10 s");
        thread::yield_now();
    }
}

/// Builds a breaker that has tripped, at the end of its cooldown of 10 s.
pub fn at_the_edge(trial_calls: u32) -> (CircuitBreaker, ManualClock) {
    let (breaker, clock) = breaker(|builder| {
        builder
            .threshold(Threshold::failures(1))
            .cooldown(COOLDOWN)
            .trial_calls(trial_calls)
    });
    fail(&breaker);
    clock.advance(COOLDOWN);
    (breaker, clock)
}

/// Sets the window, if there is one.
pub fn with_window(builder: CircuitBreakerBuilder, window: Option<Window>) -> CircuitBreakerBuilder {
    match window {
        Some(window) => builder.window(window),
        None => builder,
    }
}

/// Seconds.
pub const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Milliseconds.
pub const fn millis(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Makes a call that succeeds.
pub fn succeed(breaker: &CircuitBreaker) {
    breaker.try_acquire().expect("admitted").success();
}

/// Makes a call that fails.
pub fn fail(breaker: &CircuitBreaker) {
    breaker.try_acquire().expect("admitted").failure();
}
