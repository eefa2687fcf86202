//! The builder of a breaker without the attribute.

use std::{panic::Location, sync::Arc, time::Duration};

use crate::config::{ConfigError, Rate, Settings, Source, Threshold, Window};
use crate::{
    CircuitBreaker, Registry,
    clock::{Clock, ClockSource},
    config::name,
};

/// The settings of one breaker, before it is registered.
///
/// [`CircuitBreaker::builder`] and [`Registry::breaker`] make it. The keys, units, ranges and
/// defaults are those of the attribute, see [`Settings`].
///
/// ```
/// # use std::time::Duration;
/// # use fusebox::{CircuitBreaker, Threshold, Window};
/// let orders = CircuitBreaker::builder("builder-doc")
///     .threshold(Threshold::rate(0.5))
///     .window(Window::time(Duration::from_secs(10)))
///     .cooldown(Duration::from_secs(10))
///     .build()?;
/// assert_eq!(orders.settings().minimum_calls(), Some(10));
/// # Ok::<(), fusebox::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct CircuitBreakerBuilder<Kind = Single> {
    pub(super) registry: Registry,
    pub(super) name: String,
    pub(super) settings: Option<Settings>,
    pub(super) started_at: &'static Location<'static>,
    pub(super) kind: Kind,
}

/// The kind of a builder that makes one breaker.
#[derive(Debug, Clone)]
pub struct Single;

impl<Kind> CircuitBreakerBuilder<Kind> {
    #[track_caller]
    pub(super) fn of_kind(registry: Registry, name: &str, kind: Kind) -> Self {
        Self {
            registry,
            name: name.to_owned(),
            settings: None,
            started_at: Location::caller(),
            kind,
        }
    }

    /// Sets all settings at once.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Sets when to trip. Default: 5 consecutive failures.
    pub fn threshold(self, threshold: impl Into<Threshold>) -> Self {
        self.change(|settings| settings.with_threshold(threshold.into()))
    }

    /// Sets the calls over which the threshold is judged. Default: off.
    pub fn window(self, window: impl Into<Window>) -> Self {
        self.change(|settings| settings.with_window(window.into()))
    }

    /// Sets how many counted calls a rate needs.
    ///
    /// Default: 10, at most the window.
    #[doc(alias = "minimum_throughput")]
    #[doc(alias = "minimum_number_of_calls")]
    pub fn minimum_calls(self, calls: u32) -> Self {
        self.change(|settings| settings.with_minimum_calls(calls))
    }

    /// Sets the duration from which on a call is slow. Default: off.
    #[doc(alias = "slow_call_duration_threshold")]
    pub fn slow_call(self, duration: Duration) -> Self {
        self.change(|settings| settings.with_slow_call(duration))
    }

    /// Sets the slow-call rate at which to trip: `0.8` is 80 %. Default: off.
    #[doc(alias = "slow_call_rate_threshold")]
    pub fn slow_threshold(self, rate: f64) -> Self {
        self.change(|settings| settings.with_slow_threshold(Rate::new(rate)))
    }

    /// Sets how long Open lasts. Default: 30 s.
    #[doc(alias = "wait_duration_in_open_state")]
    #[doc(alias = "break_duration")]
    #[doc(alias = "reset_timeout")]
    pub fn cooldown(self, duration: Duration) -> Self {
        self.change(|settings| settings.with_cooldown(duration))
    }

    /// Sets up to what each reopening doubles the cooldown. Default: off.
    pub fn max_cooldown(self, duration: Duration) -> Self {
        self.change(|settings| settings.with_max_cooldown(duration))
    }

    /// Sets the largest random part of a cooldown: `0.2` is 20 %. Default: 0.
    pub fn jitter(self, rate: f64) -> Self {
        self.change(|settings| settings.with_jitter(Rate::new(rate)))
    }

    /// Sets how many trial calls must succeed to close. Default: 1.
    #[doc(alias = "permitted_number_of_calls_in_half_open_state")]
    #[doc(alias = "max_requests")]
    pub fn trial_calls(self, calls: u32) -> Self {
        self.change(|settings| settings.with_trial_calls(calls))
    }

    /// Sets whether the durations of calls are recorded. Default: off.
    ///
    /// [`Snapshot::latency`](crate::Snapshot::latency) has the percentiles. Two clock readings per
    /// call.
    #[doc(alias = "histogram")]
    #[doc(alias = "percentiles")]
    pub fn latency(self, latency: bool) -> Self {
        self.change(|settings| settings.with_latency(latency))
    }

    fn change(mut self, change: impl FnOnce(Settings) -> Settings) -> Self {
        self.settings = Some(change(self.settings.unwrap_or_default()));
        self
    }
}

impl CircuitBreakerBuilder {
    /// Registers the breaker, or returns the existing one with this name.
    ///
    /// A builder with only a name takes the settings of the breaker that exists or that an
    /// attribute declares. If an operator has changed them, the builder may give the declared
    /// settings or those in force.
    ///
    /// # Errors
    /// The first broken rule, or [`ConfigError::Conflict`] if the breaker has other settings.
    /// Nothing is registered then.
    pub fn build(self) -> Result<CircuitBreaker, ConfigError> {
        name::check(&self.name)?;
        self.settings.unwrap_or_default().check()?;
        let source = Source::Builder {
            file: self.started_at.file(),
            line: self.started_at.line(),
        };
        let settings = self.settings.map(|settings| settings.declared_by(source));
        self.registry.build(name::intern(&self.name), settings)
    }
}

impl CircuitBreaker {
    /// Returns a builder in the [current registry](Registry::current).
    ///
    /// A name has 1 to 128 printable characters. Builders of one name get one breaker.
    #[track_caller]
    pub fn builder(name: impl AsRef<str>) -> CircuitBreakerBuilder {
        Registry::current().breaker(name)
    }
}

/// The clock and jitter seed of a new registry, from [`Registry::builder`].
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct RegistryBuilder {
    clock: Option<ClockSource>,
    jitter_seed: Option<u64>,
}

impl RegistryBuilder {
    /// Sets the clock. Default: `tokio::time::Instant`, real or paused.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(ClockSource::Custom(Arc::new(clock)));
        self
    }

    /// Sets the jitter seed; equal seeds give equal cooldowns. Default: random.
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }

    /// Makes the registry. It is empty.
    pub fn build(self) -> Registry {
        Registry::on(self.clock.unwrap_or(ClockSource::Tokio), self.jitter_seed)
    }
}

impl Registry {
    /// Returns a builder for the breaker of this name.
    #[track_caller]
    pub fn breaker(&self, name: impl AsRef<str>) -> CircuitBreakerBuilder {
        CircuitBreakerBuilder::of_kind(self.clone(), name.as_ref(), Single)
    }
}
