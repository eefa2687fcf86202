//! Durations and moments as numbers of seconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

/// Seconds since 1970; negative before it.
pub(super) fn since_1970(time: SystemTime) -> f64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}
