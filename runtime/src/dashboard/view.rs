//! What the page shows of a breaker: plain values, ready for JSON.

use std::{sync::LazyLock, time::Duration};
use std::collections::HashMap;

use serde::Serialize;

use super::samples::{Calls, Columns, Samples};
use crate::{
    breaker::CircuitBreaker,
    config::Settings,
    engine::Snapshot,
    registry::catalog,
    stats::Totals,
};

/// One line of the list. An event repeats a field only if it has changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) state: &'static str,
    generation: u64,
    retry_after_ms: Option<u64>,
    calls_per_second: f64,
    rejected_per_second: f64,
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
}

/// A row with its sparkline, as the list shows it at first.
#[derive(Debug, Serialize)]
pub(super) struct Entry<'a> {
    #[serde(flatten)]
    pub(super) row: &'a Row,
    pub(super) sparkline: Option<Columns>,
}

/// Everything about one breaker.
#[derive(Debug, Serialize)]
pub(super) struct Detail {
    #[serde(flatten)]
    row: Row,
    declared_at: Option<String>,
    reopenings: u32,
    trials: TrialsView,
    totals: TotalsView,
    settings: Vec<SettingView>,
    samples: Columns,
}

#[derive(Debug, Serialize)]
struct TrialsView {
    in_flight: u32,
    completed: u32,
    slow: u32,
    needed: u32,
}

/// The totals since the start, with the names of [`Totals`].
#[derive(Debug, Serialize)]
struct TotalsView {
    successes: u64,
    failures: u64,
    ignored: u64,
    cancelled: u64,
    rejected: u64,
    timed_out: u64,
    panicked: u64,
    slow: u64,
    late: u64,
    fallback_ok: u64,
    fallback_failed: u64,
    last_good: u64,
}

/// One setting, written as in the attribute.
#[derive(Debug, Serialize)]
struct SettingView {
    key: &'static str,
    value: String,
}

/// Where each annotated function is: `file:line` by the name of its breaker.
static DECLARED_AT: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let declarations = catalog::all().iter().rev();
    declarations
        .map(|declaration| {
            let location = declaration.location();
            (declaration.name(), format!("{}:{}", location.file(), location.line()))
        })
        .collect()
});

impl Row {
    pub(super) fn new(breaker: &CircuitBreaker, samples: &Samples) -> Self {
        Self::of(&breaker.snapshot(), &breaker.settings(), samples)
    }

    fn of(snapshot: &Snapshot, settings: &Settings, samples: &Samples) -> Self {
        let (calls_per_second, rejected_per_second) = samples.rates();
        let calls = calls(&snapshot.totals);
        Self {
            name: snapshot.name,
            state: snapshot.state.as_str(),
            generation: snapshot.generation,
            retry_after_ms: snapshot.retry_after.map(milliseconds),
            calls_per_second: rounded(calls_per_second, 1),
            rejected_per_second: rounded(rejected_per_second, 1),
            failures: snapshot.window.failures,
            failure_rate: snapshot.window.failure_rate.map(|rate| rounded(rate, 4)),
            slow_call_rate: snapshot.window.slow_call_rate.map(|rate| rounded(rate, 4)),
            threshold_used: rounded(threshold_used(snapshot, settings), 4),
            threshold: settings.threshold().to_string(),
            window: settings.window().map(|window| window.to_string()),
            answered: calls.answered,
            failed: calls.failed,
            rejected: calls.rejected,
        }
    }
}

impl Detail {
    pub(super) fn new(breaker: &CircuitBreaker, samples: &Samples) -> Self {
        let (snapshot, settings) = (breaker.snapshot(), breaker.settings());
        Self {
            row: Row::of(&snapshot, &settings, samples),
            declared_at: DECLARED_AT.get(snapshot.name).cloned(),
            reopenings: snapshot.reopenings,
            trials: TrialsView {
                in_flight: snapshot.trials.in_flight,
                completed: snapshot.trials.completed,
                slow: snapshot.trials.slow,
                needed: settings.trial_calls(),
            },
            totals: TotalsView::new(&snapshot.totals),
            settings: settings_view(&settings),
            samples: samples.seconds(),
        }
    }
}

impl TotalsView {
    const fn new(totals: &Totals) -> Self {
        Self {
            successes: totals.successes,
            failures: totals.failures,
            ignored: totals.ignored,
            cancelled: totals.cancelled,
            rejected: totals.rejected,
            timed_out: totals.timed_out,
            panicked: totals.panicked,
            slow: totals.slow,
            late: totals.late,
            fallback_ok: totals.fallback_ok,
            fallback_failed: totals.fallback_failed,
            last_good: totals.last_good,
        }
    }
}

/// The calls that a sparkline distinguishes.
pub(super) const fn calls(totals: &Totals) -> Calls {
    Calls {
        answered: totals.successes + totals.ignored,
        failed: totals.failures,
        rejected: totals.rejected,
    }
}

fn settings_view(settings: &Settings) -> Vec<SettingView> {
    let duration = |duration: Option<Duration>| duration.map(|duration| format!("{duration:?}"));
    let values = [
        ("threshold", Some(settings.threshold().to_string())),
        ("window", settings.window().map(|window| window.to_string())),
        ("minimum_calls", settings.minimum_calls().map(|calls| calls.to_string())),
        ("slow_call", duration(settings.slow_call())),
        ("slow_threshold", settings.slow_threshold().map(|rate| rate.to_string())),
        ("cooldown", duration(Some(settings.cooldown()))),
        ("max_cooldown", duration(settings.max_cooldown())),
        ("jitter", Some(settings.jitter().to_string())),
        ("trial_calls", Some(settings.trial_calls().to_string())),
    ];
    values
        .into_iter()
        .map(|(key, value)| SettingView {
            key,
            value: value.unwrap_or_else(|| "off".to_owned()),
        })
        .collect()
}

/// The larger of failures and slow calls, each against its threshold.
fn threshold_used(snapshot: &Snapshot, settings: &Settings) -> f64 {
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

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Few digits, so that a number that hardly moves is not sent again.
fn rounded(number: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (number * scale).round() / scale
}
