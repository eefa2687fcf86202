//! The settings of a breaker: what decides when it trips, how long it stays open, and how it closes.

use std::time::Duration;

use crate::config::{Rate, Threshold, ThresholdKind, Window, WindowKind};

/// The default of [`Settings::minimum_calls`], where the window holds that many.
const MINIMUM_CALLS: u32 = 10;

/// What decides when a breaker trips, how long it stays open, and how it closes again.
///
/// Two sites that name the same breaker must agree on these. What belongs to one site alone (`timeout`, `failure`, `ignore`,
/// `fallback`) is not in here.
///
/// | setting | unit and range | default |
/// |---|---|---|
/// | [`threshold`](Self::threshold) | failures in a row, failures in a window, or a share | 5 failures in a row |
/// | [`window`](Self::window) | calls (1–10,000) or time | none |
/// | [`minimum_calls`](Self::minimum_calls) | counted calls, with a share only | 10, at most the window |
/// | [`slow_call`](Self::slow_call) | time | off |
/// | [`slow_threshold`](Self::slow_threshold) | share of slow calls, above 0 to 1 | off |
/// | [`cooldown`](Self::cooldown) | time, above zero | 30 s |
/// | [`max_cooldown`](Self::max_cooldown) | time, at least the cooldown | off |
/// | [`jitter`](Self::jitter) | share of the cooldown, 0 to 1 | 0 |
/// | [`trial_calls`](Self::trial_calls) | calls, 1–100 | 1 |
///
/// Two values are equal when they say the same after defaults are filled in.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub(super) threshold: Threshold,
    pub(super) window: Option<Window>,
    pub(super) minimum_calls: Option<u32>,
    pub(super) slow_call: Option<Duration>,
    pub(super) slow_threshold: Option<Rate>,
    pub(super) cooldown: Duration,
    pub(super) max_cooldown: Option<Duration>,
    pub(super) jitter: Rate,
    pub(super) trial_calls: u32,
}

impl Settings {
    /// Trips at 5 failures in a row, stays open for 30 s, closes after one successful trial call.
    pub const DEFAULT: Self = Self {
        threshold: Threshold::failures(5),
        window: None,
        minimum_calls: None,
        slow_call: None,
        slow_threshold: None,
        cooldown: Duration::from_secs(30),
        max_cooldown: None,
        jitter: Rate::ZERO,
        trial_calls: 1,
    };

    /// When to trip.
    pub const fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Over which calls the threshold is judged; `None` means failures in a row.
    pub const fn window(&self) -> Option<Window> {
        self.window
    }

    /// With fewer counted calls in the window no share is judged; `None` where no share is set.
    pub const fn minimum_calls(&self) -> Option<u32> {
        if !self.has_rate() {
            return None;
        }
        match (self.minimum_calls, self.window) {
            (Some(given), _) => Some(given),
            (None, Some(Window(WindowKind::Calls(calls)))) if calls < MINIMUM_CALLS => Some(calls),
            (None, _) => Some(MINIMUM_CALLS),
        }
    }

    /// A call that takes at least this long is slow: a failure, or judged by [`slow_threshold`](Self::slow_threshold).
    pub const fn slow_call(&self) -> Option<Duration> {
        self.slow_call
    }

    /// The share of slow calls at which the breaker trips; slow calls are then no failures.
    pub const fn slow_threshold(&self) -> Option<Rate> {
        self.slow_threshold
    }

    /// How long Open lasts before trial calls are let through.
    pub const fn cooldown(&self) -> Duration {
        self.cooldown
    }

    /// Up to what the cooldown doubles with each reopening; `None` means that it never grows.
    pub const fn max_cooldown(&self) -> Option<Duration> {
        self.max_cooldown
    }

    /// By which share at most a cooldown is lengthened at random.
    pub const fn jitter(&self) -> Rate {
        self.jitter
    }

    /// How many trial calls must succeed to close, and how many may be out at once.
    pub const fn trial_calls(&self) -> u32 {
        self.trial_calls
    }

    /// Whether the failures or the slow calls are judged as a share of calls.
    pub(super) const fn has_rate(&self) -> bool {
        matches!(self.threshold.0, ThresholdKind::Rate(_)) || self.slow_threshold.is_some()
    }
}

/// Sets one value each, also in a constant; what is wrong with it is said when a breaker is built.
impl Settings {
    /// See [`threshold`](Self::threshold).
    pub const fn with_threshold(mut self, threshold: Threshold) -> Self {
        self.threshold = threshold;
        self
    }

    /// See [`window`](Self::window).
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = Some(window);
        self
    }

    /// See [`minimum_calls`](Self::minimum_calls).
    pub const fn with_minimum_calls(mut self, calls: u32) -> Self {
        self.minimum_calls = Some(calls);
        self
    }

    /// See [`slow_call`](Self::slow_call).
    pub const fn with_slow_call(mut self, duration: Duration) -> Self {
        self.slow_call = Some(duration);
        self
    }

    /// See [`slow_threshold`](Self::slow_threshold).
    pub const fn with_slow_threshold(mut self, share: Rate) -> Self {
        self.slow_threshold = Some(share);
        self
    }

    /// See [`cooldown`](Self::cooldown).
    pub const fn with_cooldown(mut self, duration: Duration) -> Self {
        self.cooldown = duration;
        self
    }

    /// See [`max_cooldown`](Self::max_cooldown).
    pub const fn with_max_cooldown(mut self, duration: Duration) -> Self {
        self.max_cooldown = Some(duration);
        self
    }

    /// See [`jitter`](Self::jitter).
    pub const fn with_jitter(mut self, share: Rate) -> Self {
        self.jitter = share;
        self
    }

    /// See [`trial_calls`](Self::trial_calls).
    pub const fn with_trial_calls(mut self, calls: u32) -> Self {
        self.trial_calls = calls;
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        self.difference(other).is_none()
    }
}

impl Eq for Settings {}
