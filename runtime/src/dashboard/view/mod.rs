//! What the page shows of a breaker: plain values, ready for JSON.
//!
//! Durations are whole milliseconds, moments are milliseconds since 1970, and rates are numbers
//! between 0 and 1.

mod change;
mod detail;
mod row;
mod setting;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) use change::History;
pub(super) use detail::Detail;
pub(super) use row::{Entry, Row, calls, last_error};

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn since_1970(time: SystemTime) -> u64 {
    milliseconds(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// Few digits, so that a number that hardly moves is not sent again.
fn rounded(number: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (number * scale).round() / scale
}
