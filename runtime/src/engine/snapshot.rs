//! A breaker at one moment.

use std::time::{Duration, SystemTime};

use crate::{
    clock::Timestamp,
    config::Name,
    engine::{Engine, control::Control},
    event::{LastChange, LastTrip, Moment},
    state::{BaseState, PackedState, State, StateSnapshot, rules},
    stats::{Latency, Totals, Transitions},
    window::ReportedTally,
};

/// A breaker at one moment, for dashboards and tests.
///
/// Taking one changes nothing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The breaker's name.
    pub name: Name,
    /// The effective state: half-open once the cooldown has elapsed.
    pub state: State,
    /// How long the breaker has been in this state.
    pub since: Duration,
    /// The last change of the reported state; `None` before the first one.
    pub last_change: Option<LastChange>,
    /// The last trip; `None` before the first one.
    pub last_trip: Option<LastTrip>,
    /// The wall-clock time at which the override ends by itself; `None` without
    /// an override, and for one without an end.
    pub override_until: Option<SystemTime>,
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
    /// The number of transitions by their states and reason.
    pub transitions: Vec<Transitions>,
    /// The time in Open and `ForcedOpen` since the breaker was made.
    pub open_time: Duration,
    /// How long calls took; `None` if the breaker has never recorded that.
    pub latency: Option<Latency>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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
    pub(super) fn new(engine: &Engine, control: &Control, snapshot: StateSnapshot, moment: Moment) -> Self {
        let (stored, now) = (snapshot.state, moment.at);
        let state = rules::effective_state(snapshot, now);
        let counts = match engine.window().window() {
            None => ReportedTally {
                failures: consecutive_failures(stored),
                ..ReportedTally::default()
            },
            Some(window) => window.counts(stored.generation(), now),
        };
        Self {
            name: engine.name().name().clone(),
            state,
            since: now.since(since(control, engine, snapshot, now)),
            last_change: control.history.last_change(moment),
            last_trip: control.history.last_trip(moment),
            override_until: engine.override_until(stored, moment),
            generation: stored.generation(),
            retry_after: (state == State::Open).then(|| snapshot.deadline.since(now)),
            reopenings: control.reopenings,
            totals: engine.totals().totals(),
            transitions: control.transitions.to_vec(),
            open_time: engine.open_time(control, now),
            latency: engine.latency().read(),
            window: WindowCounts::new(counts, control.settings.minimum_calls()),
            trials: Trials::new(stored),
        }
    }
}

/// Returns when the effective state began: at the end of a cooldown or of an
/// override, or else at the last change.
fn since(control: &Control, engine: &Engine, snapshot: StateSnapshot, now: Timestamp) -> Timestamp {
    let mut since = control.history.since();
    if let Some(end) = engine.override_end.get().filter(|end| *end <= now) {
        since = since.max(end);
    }
    if snapshot.state.state() == State::Open && snapshot.cooldown_elapsed(now) {
        since = since.max(snapshot.deadline);
    }
    since
}

fn consecutive_failures(state: PackedState) -> u64 {
    if state.admits_all() {
        state.failures().into()
    } else {
        0
    }
}

impl WindowCounts {
    fn new(counts: ReportedTally, minimum_calls: Option<u32>) -> Self {
        let ReportedTally {
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
        if state.base() == BaseState::HalfOpen && !state.is_shadow() {
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
