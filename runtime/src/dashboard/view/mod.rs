//! The values that the page shows of a breaker, ready for JSON.
//!
//! Durations are whole milliseconds, moments are milliseconds since 1970, and rates are numbers
//! between 0 and 1.

mod change;
mod detail;
mod fleet;
mod group;
mod group_counts;
mod instance;
mod keys;
mod on_instances;
mod row;
mod setting;
mod totals;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::registry::Declaration;

pub(super) use change::HistoryView;
pub(super) use detail::Detail;
#[cfg_attr(
    not(feature = "fleet"),
    allow(unused_imports, reason = "made by a member of a fleet")
)]
pub(super) use fleet::{FleetView, ForcedView, OpenView};
pub(super) use group::GroupDetail;
use group_counts::GroupCounts;
#[cfg_attr(
    not(feature = "fleet"),
    allow(unused_imports, reason = "made by a member of a fleet")
)]
pub(super) use instance::{InstanceView, ReportedView};
pub(super) use keys::KeysView;
pub(super) use row::{Row, RowWithSparkline, calls, last_error};
use totals::AllTotals;

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn since_1970(time: SystemTime) -> u64 {
    milliseconds(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// Writes `src/orders.rs:12`.
fn location(declaration: &Declaration) -> String {
    let location = declaration.location();
    format!("{}:{}", location.file(), location.line())
}

/// Rounds to few digits, so that a number that hardly moves is not sent again.
fn rounded(number: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (number * scale).round() / scale
}
