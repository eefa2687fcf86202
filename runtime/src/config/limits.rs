//! The bounds of all settings, once for the whole crate.

use std::time::Duration;

/// The longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 128;
/// 100 years of 365 days.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The largest threshold without a window, in consecutive failures.
pub(crate) const LARGEST_CONSECUTIVE: u32 = 1_000_000;
/// The largest window, and the largest threshold with a window, in calls.
pub(crate) const LARGEST_WINDOW: u32 = 10_000;
/// The largest number of keys of a group.
pub(crate) const MOST_KEYS: u32 = 100_000;
pub(crate) const MOST_TRIAL_CALLS: u32 = 100;
