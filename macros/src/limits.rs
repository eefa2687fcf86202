//! Every bound that the attribute checks.
//!
//! The runtime has the same bounds, and a test compares the two.

use std::time::Duration;

/// The most consecutive failures that `threshold` may require.
pub(crate) const MAX_CONSECUTIVE_FAILURES: u32 = 1_000_000;

/// The largest `window` of calls, and the largest `threshold` in any `window`.
pub(crate) const MAX_WINDOW_CALLS: u32 = 10_000;

/// The largest `trial_calls`.
pub(crate) const MAX_TRIAL_CALLS: u32 = 100;

/// The largest `max_keys`.
pub(crate) const MAX_KEYS: u32 = 100_000;

/// The longest duration: 100 years of 365 days.
///
/// Clock arithmetic stays far from overflow.
pub(crate) const MAX_DURATION: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The most characters of a `name`.
pub(crate) const MAX_NAME_CHARS: usize = 128;
