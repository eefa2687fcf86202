//! What generated code may name. No promise is made about any of it: attribute and runtime have the same version.

use crate::config::{LARGEST_CONSECUTIVE, LARGEST_WINDOW, MOST_TRIAL_CALLS};

pub use core::{
    column, convert::Infallible, file, line, module_path, option::Option, pin::pin, result::Result,
    time::Duration,
};
pub use std::boxed::Box;

pub use crate::{
    __catalogue as catalogue,
    admission::{run, run_within},
    call_site::CallSite,
    config::{ConfigError, Settings, Share, Threshold, Window},
    declaration::Declaration,
    fallback::{Cause, Check, copy_of, keep},
    judging::{Judging, NeverFails, judging},
    outcome::Outcome,
    protected::{Verdict, guard, guard_within, protect, protect_within, within},
    recover::{IsResult, Recover, RecoverInTime, RecoverTimedOut, judge, recover, recover_timed_out},
};

#[cfg(feature = "last-good")]
pub use crate::last_good::{LastGoodSite, Part, PartOfKey, add_mut, add_ref, last_good};

#[path = "ide.rs"]
pub mod ide;

#[cfg(feature = "catalog")]
pub use crate::catalog::Entry;
#[cfg(feature = "catalog")]
pub use inventory;

/// Enters a call site into the catalogue.
#[cfg(feature = "catalog")]
#[doc(hidden)]
#[macro_export]
macro_rules! __catalogue {
    ($site:path) => {
        $crate::__private::inventory::submit! {
            $crate::__private::Entry($site.declaration())
        }
    };
}

/// Without the feature `catalog` there is none.
#[cfg(not(feature = "catalog"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __catalogue {
    ($site:path) => {};
}

/// Takes its argument by value: drops it, or in dead code only says that it is moved.
pub fn consume<T>(_: T) {}

/// Dead code that ties `return` to the type of the function. Of what it is given it only says that it is used.
pub fn edge<R, T>(_: T) -> R {
    unreachable!("stands behind `if false`")
}

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
pub const fn check_name(name: &str) {
    let bytes = name.as_bytes();
    let (mut at, mut characters, mut visible) = (0, 0, false);
    while at < bytes.len() {
        assert!(
            bytes[at] >= b' ' && bytes[at] != 0x7f,
            "`name` holds a character that cannot be printed"
        );
        visible |= bytes[at] != b' ';
        characters += (bytes[at] & 0xc0 != 0x80) as usize;
        at += 1;
    }
    assert!(visible, "`name` is empty");
    assert!(
        characters <= 128,
        "`name` is too long; the limit is 128 characters"
    );
}

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
