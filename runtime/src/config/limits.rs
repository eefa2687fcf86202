//! The bounds of all settings.

use std::time::Duration;

/// The longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 128;
/// 100 years of 365 days.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

pub(crate) const LARGEST_CONSECUTIVE: u32 = 1_000_000;
pub(crate) const LARGEST_WINDOW: u32 = 10_000;
pub(crate) const MOST_TRIAL_CALLS: u32 = 100;
