//! The settings of a breaker: when it trips, and how it closes again.

use std::{
    hash::{Hash, Hasher},
    time::Duration,
};

use crate::config::{Rate, Setting, Source, Threshold, ThresholdKind, Window, WindowKind};

/// The default of [`Settings::minimum_calls`], if the window holds that many.
const MINIMUM_CALLS: u32 = 10;

/// The settings of a breaker: when it trips, and how it closes again.
///
/// Two functions that name the same breaker must agree on these. Keys that belong to one function
/// (`timeout`, `failure`, `ignore`, `fallback`) are not among them.
///
/// | setting | unit and range | default |
/// |---|---|---|
/// | [`threshold`](Self::threshold) | failures or a failure rate | 5 consecutive failures |
/// | [`window`](Self::window) | calls (1–10,000) or time | none |
/// | [`minimum_calls`](Self::minimum_calls) | calls, with a rate only | 10, at most the window |
/// | [`slow_call`](Self::slow_call) | time | off |
/// | [`slow_threshold`](Self::slow_threshold) | slow-call rate, above 0 to 1 | off |
/// | [`cooldown`](Self::cooldown) | time, above zero | 30 s |
/// | [`max_cooldown`](Self::max_cooldown) | time, at least the cooldown | off |
/// | [`jitter`](Self::jitter) | part of the cooldown, 0 to 1 | 0 |
/// | [`trial_calls`](Self::trial_calls) | calls, 1–100 | 1 |
/// | [`latency`](Self::latency) | whether durations are recorded | off |
///
/// Settings are compared after defaults are filled in. As text they are what an attribute would
/// hold, without the defaults: `threshold = 50%, window = 10s`.
///
/// [Sources](Self::source) are not compared.
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
    pub(super) sources: [Source; Setting::COUNT],
    pub(super) latency: bool,
}

impl Settings {
    /// Trips at 5 consecutive failures, stays open for 30 s, closes after one
    /// successful trial call.
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
        sources: [Source::Default; Setting::COUNT],
        latency: false,
    };

    /// Returns when the breaker trips.
    pub const fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Returns the window; `None` for consecutive failures.
    pub const fn window(&self) -> Option<Window> {
        self.window
    }

    /// Returns how many counted calls a rate needs before it is judged.
    ///
    /// `None` if there is no rate.
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

    /// Returns how long a call must take to be slow.
    ///
    /// A slow call is a failure, unless there is a [`slow_threshold`](Self::slow_threshold).
    pub const fn slow_call(&self) -> Option<Duration> {
        self.slow_call
    }

    /// Returns the slow-call rate at which the breaker trips.
    ///
    /// With it, slow calls are not failures.
    pub const fn slow_threshold(&self) -> Option<Rate> {
        self.slow_threshold
    }

    /// Returns how long Open lasts before trial calls are admitted.
    pub const fn cooldown(&self) -> Duration {
        self.cooldown
    }

    /// Returns the longest cooldown; `None` if it never grows.
    ///
    /// Each reopening doubles the cooldown, up to this.
    pub const fn max_cooldown(&self) -> Option<Duration> {
        self.max_cooldown
    }

    /// Returns the largest part of a cooldown by which chance lengthens it.
    pub const fn jitter(&self) -> Rate {
        self.jitter
    }

    /// Returns how many trial calls must succeed; also how many run at once.
    pub const fn trial_calls(&self) -> u32 {
        self.trial_calls
    }

    /// Returns where the value of this setting comes from.
    ///
    /// `None` if no setting has this name.
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusebox::{CircuitBreaker, Source};
    ///
    /// let orders = CircuitBreaker::builder("source-doc");
    /// let orders = orders.cooldown(Duration::from_secs(10)).build()?;
    /// let settings = orders.settings();
    /// assert!(matches!(settings.source("cooldown"), Some(Source::Builder { .. })));
    /// assert_eq!(settings.source("threshold"), Some(Source::Default));
    /// assert_eq!(settings.source("colour"), None);
    /// # Ok::<(), fusebox::ConfigError>(())
    /// ```
    pub fn source(&self, key: &str) -> Option<Source> {
        Setting::of(key).map(|key| self.source_of(key))
    }

    /// Returns the minimum that was set, whether a rate needs it or not.
    #[cfg_attr(not(feature = "config"), allow(dead_code, reason = "checks a file"))]
    pub(crate) const fn minimum_calls_as_given(&self) -> Option<u32> {
        self.minimum_calls
    }

    pub(crate) const fn source_of(&self, key: Setting) -> Source {
        self.sources[key as usize]
    }

    /// Returns whether the durations of calls are recorded.
    ///
    /// It costs two clock readings per call, and about 4 KB of memory per processor core and
    /// outcome.
    pub const fn latency(&self) -> bool {
        self.latency
    }

    /// Returns whether a failure rate or a slow-call rate is judged.
    pub(super) const fn has_rate(&self) -> bool {
        matches!(self.threshold.0, ThresholdKind::Rate(_)) || self.slow_threshold.is_some()
    }
}

/// Each method sets one value, and can be called in a constant.
///
/// Wrong values are reported when a breaker is built.
impl Settings {
    /// Sets the [`threshold`](Self::threshold).
    #[must_use]
    pub const fn with_threshold(mut self, threshold: Threshold) -> Self {
        self.threshold = threshold;
        self.given_by_code(Setting::Threshold)
    }

    /// Sets the [`window`](Self::window).
    #[must_use]
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = Some(window);
        self.given_by_code(Setting::Window)
    }

    /// Sets [`minimum_calls`](Self::minimum_calls).
    #[must_use]
    pub const fn with_minimum_calls(mut self, calls: u32) -> Self {
        self.minimum_calls = Some(calls);
        self.given_by_code(Setting::MinimumCalls)
    }

    /// Sets the [`slow_call`](Self::slow_call).
    #[must_use]
    pub const fn with_slow_call(mut self, duration: Duration) -> Self {
        self.slow_call = Some(duration);
        self.given_by_code(Setting::SlowCall)
    }

    /// Sets the [`slow_threshold`](Self::slow_threshold).
    #[must_use]
    pub const fn with_slow_threshold(mut self, rate: Rate) -> Self {
        self.slow_threshold = Some(rate);
        self.given_by_code(Setting::SlowThreshold)
    }

    /// Sets the [`cooldown`](Self::cooldown).
    #[must_use]
    pub const fn with_cooldown(mut self, duration: Duration) -> Self {
        self.cooldown = duration;
        self.given_by_code(Setting::Cooldown)
    }

    /// Sets the [`max_cooldown`](Self::max_cooldown).
    #[must_use]
    pub const fn with_max_cooldown(mut self, duration: Duration) -> Self {
        self.max_cooldown = Some(duration);
        self.given_by_code(Setting::MaxCooldown)
    }

    /// Sets [`jitter`](Self::jitter).
    #[must_use]
    pub const fn with_jitter(mut self, rate: Rate) -> Self {
        self.jitter = rate;
        self.given_by_code(Setting::Jitter)
    }

    /// Sets [`trial_calls`](Self::trial_calls).
    #[must_use]
    pub const fn with_trial_calls(mut self, calls: u32) -> Self {
        self.trial_calls = calls;
        self.given_by_code(Setting::TrialCalls)
    }

    /// Sets [`latency`](Self::latency).
    #[must_use]
    pub const fn with_latency(mut self, latency: bool) -> Self {
        self.latency = latency;
        self.given_by_code(Setting::Latency)
    }
}

/// The sources of values.
impl Settings {
    const fn given_by_code(mut self, key: Setting) -> Self {
        self.sources[key as usize] = Source::Code;
        self
    }

    /// Replaces [`Source::Code`] with the place in the code.
    pub(crate) const fn declared_by(mut self, source: Source) -> Self {
        let mut key = 0;
        while key < Setting::COUNT {
            if matches!(self.sources[key], Source::Code) {
                self.sources[key] = source;
            }
            key += 1;
        }
        self
    }

    /// Takes one value from other settings, with this source.
    pub(crate) const fn with_value_of(mut self, key: Setting, other: &Self, source: Source) -> Self {
        match key {
            Setting::Threshold => self.threshold = other.threshold,
            Setting::Window => self.window = other.window,
            Setting::MinimumCalls => self.minimum_calls = other.minimum_calls,
            Setting::SlowCall => self.slow_call = other.slow_call,
            Setting::SlowThreshold => self.slow_threshold = other.slow_threshold,
            Setting::Cooldown => self.cooldown = other.cooldown,
            Setting::MaxCooldown => self.max_cooldown = other.max_cooldown,
            Setting::Jitter => self.jitter = other.jitter,
            Setting::TrialCalls => self.trial_calls = other.trial_calls,
            Setting::Latency => self.latency = other.latency,
        }
        self.sources[key as usize] = source;
        self
    }

    /// Takes the values that an operator has set in `existing`.
    pub(crate) fn with_values_of_operator(self, existing: &Self) -> Self {
        let of_operator = |key: &Setting| matches!(existing.source_of(*key), Source::Operator(_));
        let keys = Setting::ALL.into_iter().filter(of_operator);
        keys.fold(self, |settings, key| {
            settings.with_value_of(key, existing, existing.source_of(key))
        })
    }

    /// Gives this source to every value that differs from the existing one.
    ///
    /// The other values keep the source that they had.
    pub(crate) fn changed_by(mut self, existing: &Self, source: Source) -> Self {
        for key in Setting::ALL {
            let differs = existing.value(key) != self.value(key);
            self.sources[key as usize] = if differs { source } else { existing.source_of(key) };
        }
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

/// Like `Eq`, after defaults.
impl Hash for Settings {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Setting::ALL.map(|key| self.value(key)).hash(state);
    }
}
