//! What a breaker looks like at one moment.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::Settings,
    engine::Engine,
    state::{BaseState, PackedState, State, StateSnapshot, rules},
    stats::Totals,
    window::Counts,
};

/// A breaker at one moment, for dashboards and tests. Taking one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The breaker's name.
    pub name: &'static str,
    /// The effective state: half-open once the cooldown is over.
    pub state: State,
    /// The number of changes so far.
    pub generation: u64,
    /// How long until a call may be admitted, where calls are rejected; `None` otherwise, and while forced open.
    pub retry_after: Option<Duration>,
    /// How many times it has reopened since it was last closed.
    pub reopenings: u32,
    /// Totals since the start.
    pub totals: Totals,
    /// What the window holds.
    pub window: WindowCounts,
    /// The trial calls of this half-open phase.
    pub trials: Trials,
}

/// What a window holds at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct WindowCounts {
    /// Counted calls; `None` where successes leave no trace (failures in a row, failures within a time).
    pub calls: Option<u64>,
    /// Failures: in a row, or within the window.
    pub failures: u64,
    /// Slow calls; `None` where successes leave no trace.
    pub slow: Option<u64>,
    /// The share of failures, between 0 and 1; `None` below the minimum of calls, and where calls are not counted.
    pub failure_rate: Option<f64>,
    /// The share of slow calls, likewise.
    pub slow_call_rate: Option<f64>,
}

/// The trial calls of a half-open phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Trials {
    /// How many are out and hold a slot.
    pub in_flight: u32,
    /// How many have succeeded, slow ones among them.
    pub completed: u32,
    /// How many of those were slow.
    pub slow: u32,
}

impl Snapshot {
    pub(crate) fn new(
        engine: &Engine,
        sight: StateSnapshot,
        now: Timestamp,
        settings: &Settings,
        reopenings: u32,
    ) -> Self {
        let word = sight.word;
        let state = rules::effective_state(sight, now);
        let trial_calls = settings.trial_calls();
        let is_rejecting = rules::admission(sight, now, trial_calls) == rules::Admission::Rejected;
        let counts = match engine.window().window() {
            None => Counts {
                failures: failures_in_a_row(word),
                ..Counts::default()
            },
            Some(window) => window.counts(word.generation(), now),
        };
        Self {
            name: engine.name(),
            state,
            generation: word.generation(),
            retry_after: (is_rejecting && state != State::ForcedOpen).then(|| sight.deadline.since(now)),
            reopenings,
            totals: engine.statistics().totals(),
            window: WindowCounts::new(counts, settings.minimum_calls()),
            trials: Trials::new(word),
        }
    }
}

fn failures_in_a_row(word: PackedState) -> u64 {
    if word.admits_all() {
        word.failures().into()
    } else {
        0
    }
}

impl WindowCounts {
    fn new(counts: Counts, minimum_calls: Option<u32>) -> Self {
        let Counts {
            calls,
            failures,
            slow,
        } = counts;
        #[allow(clippy::cast_precision_loss, reason = "a share for people")]
        let rate = |part: u64| {
            let calls = calls?;
            (calls > 0 && calls >= u64::from(minimum_calls.unwrap_or(1))).then(|| part as f64 / calls as f64)
        };
        Self {
            calls,
            failures,
            slow,
            failure_rate: rate(failures),
            slow_call_rate: slow.and_then(rate),
        }
    }
}

impl Trials {
    fn new(word: PackedState) -> Self {
        if word.automatic() == BaseState::HalfOpen && !word.is_shadow() {
            Self {
                in_flight: word.in_flight(),
                completed: word.completed(),
                slow: word.slow(),
            }
        } else {
            Self::default()
        }
    }
}
