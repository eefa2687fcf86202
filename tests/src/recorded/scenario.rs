//! One recorded scenario: settings, events, and the columns after each of them.

use crate::model::{End, Nanos, Settings};

/// The state that a scenario begins in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// Closed, like that of a new breaker.
    Closed,
    /// Open for one cooldown.
    Open,
    /// `HalfOpen` without a trial.
    HalfOpen,
    /// Refuses everything.
    ForcedOpen,
    /// Admits everything: resilience4j's `DISABLED` and `METRICS_ONLY`.
    ForcedClosed,
}

/// A change of state by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manual {
    /// To Open.
    Open,
    /// To Closed; resilience4j's `reset` does the same to what can be compared.
    Close,
    /// To `HalfOpen`, at once. fusebox has no such operation.
    HalfOpen,
    /// To `FORCED_OPEN`.
    ForceOpen,
    /// To `DISABLED` or `METRICS_ONLY`.
    ForceClosed,
}

/// One event of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The clock goes on.
    Advance(Nanos),
    /// A call is requested, under this ticket.
    Acquire(u64),
    /// The call of the ticket ends.
    End(u64, End),
    /// A change by hand.
    Manual(Manual),
}

/// The columns after an event. `None` if correct breakers may differ.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observation {
    /// `C O H F D M`.
    pub state: Option<char>,
    /// Whether the call was admitted.
    pub granted: Option<bool>,
    /// Calls in the window.
    pub calls: Option<u64>,
    /// Failures in the window, or consecutive failures.
    pub failed: Option<u64>,
    /// Slow calls in the window.
    pub slow: Option<u64>,
    /// Percent with three decimals, -1 for too few calls.
    pub failure_rate: Option<f64>,
    /// Percent with three decimals, -1 for too few calls.
    pub slow_call_rate: Option<f64>,
}

/// An event, and the columns after it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What happened.
    pub event: Event,
    /// The columns.
    pub seen: Observation,
}

/// Properties of the recorded breaker that fusebox does not have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// How long it stays in `HalfOpen` at most.
    pub half_open_max_wait: Option<Nanos>,
    /// It judges all trials together. fusebox reopens on the first failed one.
    pub judges_trials_together: bool,
    /// Whether Open ends only with the next call. At the very end of a cooldown,
    /// the recorded breaker still reads Open, and fusebox `HalfOpen`.
    pub reads_open_at_the_edge: bool,
    /// The rates at which its window reached a threshold, in percent.
    /// Failures first, then slow calls.
    pub rates: Option<(f64, f64)>,
}

/// One recorded run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name in the file.
    pub id: String,
    /// Its settings, as those of the model.
    pub settings: Settings,
    /// Its settings that fusebox does not have.
    pub limits: Limits,
    /// The state it begins in.
    pub initial: Initial,
    /// The clock when the breaker was made.
    pub start: Nanos,
    /// What happened.
    pub steps: Vec<Step>,
}
