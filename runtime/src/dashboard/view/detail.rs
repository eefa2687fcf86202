//! Everything about one breaker.

use std::{collections::HashMap, sync::LazyLock};

use serde::Serialize;

use super::{Row, last_error, setting::Setting};
use crate::{
    breaker::CircuitBreaker,
    dashboard::samples::{Columns, Samples},
    registry::catalog,
    stats::Totals,
};

/// Everything about one breaker.
#[derive(Debug, Serialize)]
pub(in crate::dashboard) struct Detail {
    #[serde(flatten)]
    row: Row,
    declared_at: Option<&'static str>,
    explain: String,
    reopenings: u32,
    trials: Trials,
    totals: AllTotals,
    settings: Vec<Setting>,
    samples: Columns,
}

/// The trial calls while half-open, and how many must succeed.
#[derive(Debug, Serialize)]
struct Trials {
    in_flight: u32,
    completed: u32,
    slow: u32,
    needed: u32,
}

/// The totals since the start, with the names of [`Totals`].
#[derive(Debug, Serialize)]
struct AllTotals {
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

/// The `file:line` of each annotated function, by the name of its breaker.
static DECLARED_AT: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    // The first declaration of a name decides, so it is inserted last.
    let declarations = catalog::all().iter().rev();
    declarations
        .map(|declaration| {
            let location = declaration.location();
            let place = format!("{}:{}", location.file(), location.line());
            (declaration.name(), place)
        })
        .collect()
});

impl Detail {
    pub(in crate::dashboard) fn new(breaker: &CircuitBreaker, samples: &Samples) -> Self {
        let (snapshot, settings) = (breaker.snapshot(), breaker.settings());
        Self {
            row: Row::new(&snapshot, &settings, samples, last_error(breaker)),
            declared_at: DECLARED_AT.get(snapshot.name.as_str()).map(String::as_str),
            explain: breaker.explain().to_string(),
            reopenings: snapshot.reopenings,
            trials: Trials {
                in_flight: snapshot.trials.in_flight,
                completed: snapshot.trials.completed,
                slow: snapshot.trials.slow,
                needed: settings.trial_calls(),
            },
            totals: AllTotals::new(&snapshot.totals),
            settings: Setting::all(&settings),
            samples: samples.seconds(),
        }
    }
}

impl AllTotals {
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
