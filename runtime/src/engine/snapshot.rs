//! A breaker at one moment.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::Settings,
    engine::Engine,
    state::{BaseState, PackedState, State, StateSnapshot, rules},
    stats::Totals,
    window::Counts,
};

/// A breaker at one moment, for dashboards and tests.
///
/// Taking one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The breaker's name.
    pub name: &'static str,
    /// The effective state: half-open once the cooldown has elapsed.
    pub state: State,
    /// The number of changes since the breaker was built.
    pub generation: u64,
    /// While open: how long until a trial call is admitted.
    ///
    /// `None` in every other state.
    pub retry_after: Option<Duration>,
    /// The number of reopenings since it was last closed.
    pub reopenings: u32,
    /// Totals since the start.
    pub totals: Totals,
    /// The counts of the window.
    pub window: WindowCounts,
    /// The trial calls while half-open.
    pub trials: Trials,
}

/// The counts of a window at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct WindowCounts {
    /// Counted calls; `None` if the window does not count successes
    /// (consecutive failures, failures within a time).
    pub calls: Option<u64>,
    /// Consecutive failures, or failures within the window.
    pub failures: u64,
    /// Slow calls; `None` if the window does not count successes.
    pub slow: Option<u64>,
    /// The failure rate, between 0 and 1; `None` below the minimum of calls,
    /// and if calls are not counted.
    pub failure_rate: Option<f64>,
    /// The slow-call rate, likewise.
    pub slow_call_rate: Option<f64>,
}

/// The trial calls of a half-open breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Trials {
    /// Trial calls in flight that hold a slot.
    pub in_flight: u32,
    /// Trial calls that succeeded, slow ones included.
    pub completed: u32,
    /// Slow ones among those that succeeded.
    pub slow: u32,
}

impl Snapshot {
    pub(crate) fn new(
        engine: &Engine,
        snapshot: StateSnapshot,
        now: Timestamp,
        settings: &Settings,
        reopenings: u32,
    ) -> Self {
        let stored = snapshot.state;
        let state = rules::effective_state(snapshot, now);
        let counts = match engine.window().window() {
            None => Counts {
                failures: consecutive_failures(stored),
                ..Counts::default()
            },
            Some(window) => window.counts(stored.generation(), now),
        };
        Self {
            name: engine.name(),
            state,
            generation: stored.generation(),
            retry_after: (state == State::Open).then(|| snapshot.deadline.since(now)),
            reopenings,
            totals: engine.totals().totals(),
            window: WindowCounts::new(counts, settings.minimum_calls()),
            trials: Trials::new(stored),
        }
    }
}

fn consecutive_failures(state: PackedState) -> u64 {
    if state.admits_all() {
        state.failures().into()
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
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
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
    fn new(state: PackedState) -> Self {
        if state.automatic() == BaseState::HalfOpen && !state.is_shadow() {
            Self {
                in_flight: state.in_flight(),
                completed: state.completed(),
                slow: state.slow(),
            }
        } else {
            Self::default()
        }
    }
}
