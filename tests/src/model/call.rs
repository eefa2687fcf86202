//! The inputs and outputs of the model: calls, their ends, rejections, and
//! events.

use super::Nanos;

/// The state that a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Calls run.
    Closed,
    /// Calls are rejected.
    Open,
    /// Trial calls run.
    HalfOpen,
    /// An operator rejects all calls.
    ForcedOpen,
    /// An operator admits all calls.
    ForcedClosed,
}

/// How a call was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Outside `HalfOpen`.
    Plain,
    /// As a trial with a slot.
    Trial,
    /// As the one extra trial per cooldown.
    Extra,
    /// As a part of the trial call that is being polled.
    Nested,
}

impl Admission {
    /// Returns whether it is a trial, with or without a slot.
    pub fn is_trial(self) -> bool {
        matches!(self, Self::Trial | Self::Extra)
    }
}

/// Why a call was not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The state that rejected it.
    pub state: State,
    /// When a retry makes sense.
    pub retry_after: Option<Nanos>,
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It returned a success.
    Success,
    /// It returned a failure.
    Failure,
    /// It returned a value that is ignored.
    Ignored,
    /// It panicked.
    Panic,
    /// The caller dropped it.
    Drop,
}

/// An event, as a subscriber gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// The state changed; the generation is the new one.
    Changed {
        /// The generation that begins.
        generation: u64,
        /// The state that ends.
        from: State,
        /// The state that begins.
        to: State,
        /// When.
        at: Nanos,
        /// How long the cooldown is, if Open begins.
        cooldown: Option<Nanos>,
        /// Why.
        why: Why,
    },
    /// It would have tripped, were it not forced closed.
    WouldTrip {
        /// The generation in which it happened.
        generation: u64,
        /// When.
        at: Nanos,
        /// Why.
        why: Why,
    },
}

/// Why the state changed, or would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// This many failures.
    Failures(u64),
    /// Failures, and calls.
    FailureRate(u64, u64),
    /// Slow calls, and calls.
    SlowRate(u64, u64),
    /// The cooldown was over.
    CooldownElapsed,
    /// The trials succeeded.
    TrialsSucceeded,
    /// A trial failed.
    TrialFailed,
    /// Slow trials, and trials.
    TrialsSlow(u64, u64),
    /// This many consecutive trials were dropped.
    TrialsAbandoned(u64),
    /// `trip()` or `reset()`.
    Operator,
    /// An override was set or released.
    Override,
}

/// A call that has not ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) admission: Admission,
    pub(super) generation: u64,
    /// When it was admitted, if `slow_call` was set then.
    pub(super) at: Option<Nanos>,
}

/// How an ended call counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// How the end of a call is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// A success or a failure.
    Call(Verdict),
    /// Neither: its result is ignored.
    Ignored,
    /// Neither: it has no result.
    Cancelled,
}
