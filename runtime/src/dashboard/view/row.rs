//! One line of the list.

use std::{sync::Arc, time::SystemTime};

use serde::Serialize;

use super::{GroupCounts, milliseconds, rounded};
use crate::{
    breaker::CircuitBreaker,
    config::Settings,
    dashboard::samples::{Calls, Columns, Samples},
    engine::Snapshot,
    registry::GroupSnapshot,
    state::State,
    stats::{Latency, Totals},
};

/// One line of the list. An event repeats a field only if it has changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::dashboard) struct Row {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) state: &'static str,
    pub(in crate::dashboard) generation: u64,
    retry_after_ms: Option<u64>,
    override_ends_in_ms: Option<u64>,
    /// The operator of a forced state, and the reason that it gave.
    override_by: Option<String>,
    /// The error of the last change that has one.
    pub(in crate::dashboard) last_error: Option<Arc<str>>,
    calls_per_second: f64,
    rejected_per_second: f64,
    p99_ms: Option<f64>,
    failures: u64,
    failure_rate: Option<f64>,
    slow_call_rate: Option<f64>,
    /// How far the window is on its way to a trip: 0 to 1.
    threshold_used: f64,
    threshold: String,
    window: Option<String>,
    answered: u64,
    failed: u64,
    rejected: u64,
    /// Only of a group of keyed breakers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<Box<GroupCounts>>,
}

/// A row with its sparkline.
#[derive(Debug, Serialize)]
pub(in crate::dashboard) struct RowWithSparkline<'a> {
    #[serde(flatten)]
    pub(in crate::dashboard) row: &'a Row,
    pub(in crate::dashboard) sparkline: Option<Columns>,
}

impl Row {
    pub(in crate::dashboard) fn new(
        snapshot: &Snapshot,
        settings: &Settings,
        samples: &Samples,
        last_error: Option<Arc<str>>,
    ) -> Self {
        let (calls_per_second, rejected_per_second) = samples.rates();
        let calls = calls(&snapshot.totals);
        let left = |until: SystemTime| until.duration_since(SystemTime::now()).unwrap_or_default();
        Self {
            name: snapshot.name.to_string(),
            state: snapshot.state.as_str(),
            generation: snapshot.generation,
            retry_after_ms: snapshot.retry_after.map(milliseconds),
            override_ends_in_ms: snapshot.override_until.map(|until| milliseconds(left(until))),
            override_by: override_by(snapshot),
            last_error,
            calls_per_second: rounded(calls_per_second, 1),
            rejected_per_second: rounded(rejected_per_second, 1),
            p99_ms: p99_ms(snapshot.latency.as_ref()),
            failures: snapshot.window.failures,
            failure_rate: snapshot.window.failure_rate.map(|rate| rounded(rate, 4)),
            slow_call_rate: snapshot.window.slow_call_rate.map(|rate| rounded(rate, 4)),
            threshold_used: rounded(threshold_used(snapshot, settings), 4),
            threshold: settings.threshold().to_string(),
            window: settings.window().map(|window| window.to_string()),
            answered: calls.answered,
            failed: calls.failed,
            rejected: calls.rejected,
            group: None,
        }
    }

    pub(in crate::dashboard) const fn is_group(&self) -> bool {
        self.group.is_some()
    }

    /// Makes the row of a group: sums over its keys, and the worst of their states.
    ///
    /// `not_closed`: some of the breakers that are not closed.
    pub(in crate::dashboard) fn of_group(
        snapshot: &GroupSnapshot,
        settings: &Settings,
        samples: &Samples,
        not_closed: &[Snapshot],
    ) -> Self {
        let (calls_per_second, rejected_per_second) = samples.rates();
        let calls = calls(&snapshot.totals);
        let group = GroupCounts::new(snapshot);
        Self {
            name: snapshot.name.to_string(),
            state: group.worst().as_str(),
            generation: snapshot.transitions.iter().map(|one| one.count).sum(),
            retry_after_ms: not_closed
                .iter()
                .filter_map(|one| one.retry_after)
                .min()
                .map(milliseconds),
            override_ends_in_ms: None,
            override_by: None,
            last_error: last_error_of(not_closed),
            calls_per_second: rounded(calls_per_second, 1),
            rejected_per_second: rounded(rejected_per_second, 1),
            p99_ms: p99_ms(snapshot.latency.as_ref()),
            failures: group.not_closed() as u64,
            failure_rate: None,
            slow_call_rate: None,
            threshold_used: rounded(group.part_not_closed(), 4),
            threshold: settings.threshold().to_string(),
            window: settings.window().map(|window| window.to_string()),
            answered: calls.answered,
            failed: calls.failed,
            rejected: calls.rejected,
            group: Some(Box::new(group)),
        }
    }
}

/// Returns the error of the newest trip, with the key.
fn last_error_of(breakers: &[Snapshot]) -> Option<Arc<str>> {
    let trips = breakers.iter().filter_map(|breaker| {
        let trip = breaker.last_trip.as_ref()?;
        Some((trip.time, breaker.name.key()?, trip.error.as_deref()?))
    });
    let (_, key, error) = trips.max_by_key(|(time, ..)| *time)?;
    Some(format!("{key}: {error}").into())
}

/// Returns the error of the last change that has one.
pub(in crate::dashboard) fn last_error(breaker: &CircuitBreaker) -> Option<Arc<str>> {
    breaker.history().into_iter().rev().find_map(|event| event.error)
}

/// Returns the calls that a sparkline distinguishes.
pub(in crate::dashboard) const fn calls(totals: &Totals) -> Calls {
    Calls {
        answered: totals.successes + totals.ignored,
        failed: totals.failures,
        rejected: totals.rejected,
    }
}

/// Returns the latency that 99 of 100 calls did not exceed, if the breaker
/// records it.
fn p99_ms(latency: Option<&Latency>) -> Option<f64> {
    let p99 = latency?.p99?;
    Some(rounded(p99.as_secs_f64() * 1e3, 1))
}

pub(super) fn override_by(snapshot: &Snapshot) -> Option<String> {
    let is_forced = matches!(
        snapshot.state,
        State::ForcedOpen | State::ForcedClosed | State::Disabled
    );
    let change = snapshot.last_change.as_ref().filter(|_| is_forced)?;
    change.operator.as_ref().map(ToString::to_string)
}

/// Returns the larger of failures and slow calls, each against its threshold.
pub(super) fn threshold_used(snapshot: &Snapshot, settings: &Settings) -> f64 {
    let window = &snapshot.window;
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let failures = |threshold: u32| window.failures as f64 / f64::from(threshold);
    let threshold = settings.threshold();
    let part = |rate: Option<f64>, threshold: f64| rate.map_or(0.0, |rate| rate / threshold);
    let failing = match (threshold.as_failures(), threshold.as_rate()) {
        (Some(threshold), _) => failures(threshold),
        (None, Some(threshold)) => part(window.failure_rate, threshold.as_f64()),
        (None, None) => 0.0,
    };
    let slow = settings
        .slow_threshold()
        .map_or(0.0, |threshold| part(window.slow_call_rate, threshold.as_f64()));
    failing.max(slow).min(1.0)
}
