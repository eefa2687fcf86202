//! The keys of a group, some at a time.

use std::sync::Arc;

use serde::Serialize;

use super::{calls, group_counts::WORST_FIRST, last_error, milliseconds, rounded, row::threshold_used};
use crate::{breaker::CircuitBreaker, dashboard::page_of::PageOf, registry::KeyedBreakers};

/// Some of the keys of a group that were searched for, the worst first.
#[derive(Debug, Serialize)]
pub(in crate::dashboard) struct KeysView {
    /// How many keys match.
    found: usize,
    offset: usize,
    #[serde(rename = "keys")]
    shown: Vec<KeyView>,
}

/// One key, and its breaker.
#[derive(Debug, Serialize)]
struct KeyView {
    #[serde(rename = "key")]
    text: String,
    name: String,
    state: &'static str,
    retry_after_ms: Option<u64>,
    failures: u64,
    failure_rate: Option<f64>,
    threshold: String,
    threshold_used: f64,
    answered: u64,
    failed: u64,
    rejected: u64,
    last_error: Option<Arc<str>>,
}

impl KeysView {
    /// Reads the states of all keys, and everything about those of the page.
    pub(in crate::dashboard) fn new(group: &KeyedBreakers, page: &PageOf) -> Self {
        let severity = |breaker: &CircuitBreaker| {
            let state = breaker.state();
            WORST_FIRST.iter().position(|other| *other == state)
        };
        let mut found: Vec<_> = group
            .iter()
            .filter(|breaker| breaker.key().is_some_and(|key| page.matches(key)))
            .map(|breaker| (severity(&breaker), breaker))
            .collect();
        // Stable: keys in one state stay sorted by name.
        found.sort_by_key(|(severity, _)| *severity);
        let shown = found.iter().skip(page.offset).take(page.limit);
        Self {
            offset: page.offset,
            shown: shown.map(|(_, breaker)| KeyView::new(breaker)).collect(),
            found: found.len(),
        }
    }
}

impl KeyView {
    fn new(breaker: &CircuitBreaker) -> Self {
        let (snapshot, settings) = (breaker.snapshot(), breaker.settings());
        let calls = calls(&snapshot.totals);
        Self {
            text: breaker.key().unwrap_or_default().to_owned(),
            name: breaker.name().to_owned(),
            state: snapshot.state.as_str(),
            retry_after_ms: snapshot.retry_after.map(milliseconds),
            failures: snapshot.window.failures,
            failure_rate: snapshot.window.failure_rate.map(|rate| rounded(rate, 4)),
            threshold: settings.threshold().to_string(),
            threshold_used: rounded(threshold_used(&snapshot, &settings), 4),
            answered: calls.answered,
            failed: calls.failed,
            rejected: calls.rejected,
            last_error: last_error(breaker),
        }
    }
}
