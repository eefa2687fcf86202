//! The checks of constants, made by const assertions on the constant's own
//! token.

use crate::config::{
    ConfigError, Settings,
    limits::{LARGEST_CONSECUTIVE, LARGEST_WINDOW, LONGEST_NAME, MOST_TRIAL_CALLS},
    name,
};

/// A constant `threshold`.
#[track_caller]
pub const fn check_threshold(threshold: u32) {
    assert!(
        threshold > 0,
        "`threshold` must be at least 1; with 0 the breaker would be open before the first call"
    );
    assert!(
        threshold <= LARGEST_CONSECUTIVE,
        "`threshold` is too large; the largest value is 1000000"
    );
}

/// A constant `window`.
#[track_caller]
pub const fn check_window(calls: u32) {
    assert!(calls > 0, "`window` must be at least 1");
    assert!(
        calls <= LARGEST_WINDOW,
        "`window` is too large; the largest value is 10000"
    );
}

/// A constant `minimum_calls`.
#[track_caller]
pub const fn check_minimum_calls(calls: u32) {
    assert!(calls > 0, "`minimum_calls` must be at least 1");
}

/// A constant `trial_calls`.
#[track_caller]
pub const fn check_trial_calls(calls: u32) {
    assert!(
        calls > 0,
        "`trial_calls` must be at least 1; with 0 the breaker would never close again"
    );
    assert!(
        calls <= MOST_TRIAL_CALLS,
        "`trial_calls` is too large; the largest value is 100"
    );
}

/// A constant `last_good_capacity`.
#[track_caller]
pub const fn check_last_good_capacity(keys: u32) {
    assert!(keys > 0, "`last_good_capacity` must be at least 1");
}

/// A constant `name`.
#[track_caller]
pub const fn check_name(text: &str) {
    match name::check(text) {
        Ok(()) => {}
        Err(ConfigError::NameUnprintable { .. }) => {
            panic!("`name` holds a character that cannot be printed")
        }
        Err(ConfigError::NameTooLong { .. }) => panic!("`name` is too long; the limit is 128 characters"),
        Err(_) => panic!("`name` is empty"),
    }
}

// A constant function cannot format numbers, so the messages above name the bounds.
const _: () = assert!(LARGEST_CONSECUTIVE == 1_000_000 && LARGEST_WINDOW == 10_000);
const _: () = assert!(MOST_TRIAL_CALLS == 100 && LONGEST_NAME == 128);

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
        // A larger one was refused already, when it was looked at alone.
        Err(ConfigError::ThresholdTooLarge { failures, .. }) if failures <= LARGEST_CONSECUTIVE => {
            panic!("`threshold` is too large for this `window`")
        }
        _ => {}
    }
}
