//! The checks of constants, made by const assertions on the constant's own
//! token.

use std::time::Duration;

use crate::config::{
    ConfigError, Settings, Window, WindowKind,
    limits::{
        MAX_CONSECUTIVE_FAILURES, MAX_DURATION, MAX_KEYS, MAX_NAME_CHARS, MAX_TRIAL_CALLS, MAX_WINDOW_CALLS,
    },
    name,
};

/// Checks a constant `threshold`.
#[track_caller]
pub const fn check_threshold(threshold: u32) {
    assert!(
        threshold > 0,
        "`threshold` must be at least 1; with 0 the breaker would be open before the first call"
    );
    assert!(
        threshold <= MAX_CONSECUTIVE_FAILURES,
        "`threshold` is too large; the largest value is 1000000"
    );
}

/// Checks a constant `window`.
#[track_caller]
pub const fn check_window(window: Window) {
    match window.0 {
        WindowKind::Calls(calls) => {
            assert!(calls > 0, "`window` must be at least 1");
            assert!(
                calls <= MAX_WINDOW_CALLS,
                "`window` is too large; the largest value is 10000"
            );
        }
        WindowKind::Time(time) => {
            assert!(!time.is_zero(), "`window` must be longer than zero");
            assert!(
                !is_too_long(time),
                "`window` is too long; the longest duration is 100 years"
            );
        }
    }
}

/// A constant whose type decides what it means.
#[derive(Debug)]
pub struct Constant<T>(pub T);

impl Constant<u32> {
    /// Returns a window of calls.
    pub const fn window(self) -> Window {
        Window::calls(self.0)
    }
}

impl Constant<Duration> {
    /// Returns a window of time.
    pub const fn window(self) -> Window {
        Window::time(self.0)
    }
}

/// Generates the checks of constant durations.
macro_rules! check_durations {
    ($($check:ident $key:literal)*) => {$(
        #[doc = concat!("A constant `", $key, "`.")]
        #[track_caller]
        pub const fn $check(duration: Duration) {
            assert!(!duration.is_zero(), concat!("`", $key, "` must be longer than zero"));
            assert!(
                !is_too_long(duration),
                concat!("`", $key, "` is too long; the longest duration is 100 years")
            );
        }
    )*};
}

check_durations! {
    check_slow_call "slow_call"
    check_timeout "timeout"
    check_cooldown "cooldown"
    check_max_cooldown "max_cooldown"
    check_last_good "last_good"
}

const fn is_too_long(duration: Duration) -> bool {
    duration.as_nanos() > MAX_DURATION.as_nanos()
}

/// Checks a `slow_call` that a `timeout` may hide.
#[track_caller]
pub const fn check_slow_call_ends(slow_call: Duration, timeout: Duration) {
    assert!(
        timeout.is_zero() || slow_call.as_nanos() < timeout.as_nanos(),
        "`slow_call` is never reached, because `timeout` ends the call first"
    );
}

/// Checks a constant `minimum_calls`.
#[track_caller]
pub const fn check_minimum_calls(calls: u32) {
    assert!(calls > 0, "`minimum_calls` must be at least 1");
}

/// Checks a constant `trial_calls`.
#[track_caller]
pub const fn check_trial_calls(calls: u32) {
    assert!(
        calls > 0,
        "`trial_calls` must be at least 1; with 0 the breaker would never close again"
    );
    assert!(
        calls <= MAX_TRIAL_CALLS,
        "`trial_calls` is too large; the largest value is 100"
    );
}

/// Checks a constant `max_keys`.
#[track_caller]
pub const fn check_max_keys(keys: u32) {
    assert!(keys > 0, "`max_keys` must be at least 1");
    assert!(
        keys <= MAX_KEYS,
        "`max_keys` is too large; the largest value is 100000"
    );
}

/// Checks a constant `last_good_capacity`.
#[track_caller]
pub const fn check_last_good_capacity(keys: u32) {
    assert!(keys > 0, "`last_good_capacity` must be at least 1");
}

/// Checks a constant `name`.
#[track_caller]
pub const fn check_name(text: &str) {
    match name::check(text) {
        Ok(()) => {}
        Err(ConfigError::NameUnprintable { .. }) => {
            panic!("`name` holds a character that cannot be printed")
        }
        Err(ConfigError::NameTooLong { .. }) => panic!("`name` is too long; the limit is 128 characters"),
        Err(ConfigError::NameBrace { .. }) => {
            panic!("`name` holds a brace; for one breaker per value, write `key = <expression>`")
        }
        Err(_) => panic!("`name` is empty"),
    }
}

// A constant function cannot format numbers, so the messages above name the bounds.
const _: () = assert!(MAX_CONSECUTIVE_FAILURES == 1_000_000 && MAX_WINDOW_CALLS == 10_000);
const _: () = assert!(MAX_TRIAL_CALLS == 100 && MAX_NAME_CHARS == 128 && MAX_KEYS == 100_000);

/// Constants that fit each by itself, but not together.
#[track_caller]
pub const fn check_together(settings: Settings) {
    match settings.check() {
        Err(ConfigError::ThresholdExceedsWindow { .. }) => {
            panic!("`threshold` is never reached in this `window`")
        }
        Err(ConfigError::MinimumExceedsWindow { .. }) => {
            panic!("`minimum_calls` is never reached in this `window`")
        }
        // The check of `threshold` alone has refused a larger one.
        Err(ConfigError::ThresholdTooLarge { failures, .. }) if failures <= MAX_CONSECUTIVE_FAILURES => {
            panic!("`threshold` is too large for this `window`")
        }
        Err(ConfigError::MaxCooldown {
            max_cooldown,
            cooldown,
        }) if !max_cooldown.is_zero() && max_cooldown.as_nanos() < cooldown.as_nanos() => {
            panic!("`max_cooldown` is shorter than `cooldown`")
        }
        Ok(()) => {}
        // The check of the value alone has refused these.
        Err(
            ConfigError::ThresholdZero
            | ConfigError::ThresholdTooLarge { .. }
            | ConfigError::WindowCalls { .. }
            | ConfigError::WindowTime { .. }
            | ConfigError::MinimumZero
            | ConfigError::SlowCall { .. }
            | ConfigError::Cooldown { .. }
            | ConfigError::MaxCooldown { .. }
            | ConfigError::TrialCalls { .. },
        ) => {}
        // The attribute has refused these: they need no value of a constant.
        Err(
            ConfigError::ThresholdRate { .. }
            | ConfigError::RateNeedsWindow { .. }
            | ConfigError::MinimumNeedsRate { .. }
            | ConfigError::SlowThresholdRate { .. }
            | ConfigError::SlowThresholdNeedsSlowCall { .. }
            | ConfigError::SlowThresholdNeedsWindow { .. }
            | ConfigError::Jitter { .. },
        ) => {}
        // These are not about settings.
        Err(
            ConfigError::NameEmpty
            | ConfigError::NameTooLong { .. }
            | ConfigError::NameUnprintable { .. }
            | ConfigError::NameBrace { .. }
            | ConfigError::MaxKeys { .. }
            | ConfigError::MaxKeysConflict { .. }
            | ConfigError::Keyed { .. }
            | ConfigError::NotKeyed { .. }
            | ConfigError::AmbiguousVariable { .. }
            | ConfigError::Conflict { .. },
        ) => {}
    }
}
