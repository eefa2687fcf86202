//! The settings of the model, with plain numbers.

/// A point in time or a length of time, in nanoseconds.
/// Signed and wide, so subtracting never overflows.
pub type Nanos = i128;

/// A rate of 1. Rates are counted in millionths.
pub const MILLION: u64 = 1_000_000;

/// When to trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// At this many failures.
    Failures(u32),
    /// At this failure rate, in millionths.
    Rate(u32),
}

/// Over which calls the threshold is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Consecutive failures.
    None,
    /// The last counted calls, up to this many.
    Calls(usize),
    /// The last nanoseconds, up to this many.
    Time(Nanos),
}

/// The settings of one breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// When to trip.
    pub threshold: Threshold,
    /// Over which calls.
    pub window: Window,
    /// A rate is not judged on fewer counted calls.
    pub minimum_calls: usize,
    /// A call that takes at least this long is slow.
    pub slow_call: Option<Nanos>,
    /// The slow-call rate that trips, in millionths.
    /// If it is set, slow calls are not failures.
    pub slow_threshold: Option<u32>,
    /// How long Open lasts.
    pub cooldown: Nanos,
    /// Up to where reopenings double it.
    pub max_cooldown: Option<Nanos>,
    /// How many trials must succeed, and how many run at once.
    pub trial_calls: usize,
}

impl Settings {
    /// The documented defaults.
    pub const DEFAULT: Self = Self {
        threshold: Threshold::Failures(5),
        window: Window::None,
        minimum_calls: 10,
        slow_call: None,
        slow_threshold: None,
        cooldown: 30_000_000_000,
        max_cooldown: None,
        trial_calls: 1,
    };

    /// Returns the cooldown after this many reopenings.
    pub fn cooldown_after(&self, reopenings: u32) -> Nanos {
        let Some(most) = self.max_cooldown else {
            return self.cooldown;
        };
        let mut length = self.cooldown;
        for _ in 0..reopenings {
            length = most.min(length * 2);
        }
        length
    }

    /// Returns whether any rate is judged.
    pub fn has_rate(&self) -> bool {
        matches!(self.threshold, Threshold::Rate(_)) || self.slow_threshold.is_some()
    }

    /// Returns whether the window keeps nothing of a success.
    pub fn forgets_successes(&self) -> bool {
        match (self.window, self.threshold) {
            (Window::None, _) => true,
            (Window::Time(_), Threshold::Failures(_)) => self.slow_threshold.is_none(),
            (Window::Calls(_), _) | (Window::Time(_), Threshold::Rate(_)) => false,
        }
    }

    /// Returns whether `part` of `whole` has reached the rate. Always false on
    /// fewer than `minimum_calls`.
    pub(super) fn rate_is_reached(&self, part: u64, whole: u64, rate: u32) -> bool {
        whole >= self.minimum_calls as u64 && at_least(part, whole, rate)
    }
}

/// Returns whether `part / whole` is at least `rate` millionths, in whole
/// numbers.
pub(super) fn at_least(part: u64, whole: u64, rate: u32) -> bool {
    whole > 0 && part * MILLION >= u64::from(rate) * whole
}
