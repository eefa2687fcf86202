//! The rules of `docs/state_machine.md` as pure functions.
//!
//! Nothing here reads a clock, an atomic or a lock.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::{Rate, Settings, ThresholdKind},
    outcome::{CallEnd, Counted, Outcome},
    state::{BaseState, Override, PackedState, Reason, State, StateSnapshot},
};

/// The way in which a call is admitted, or its rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Admitted, nothing to write.
    Free,
    /// Admitted by a disabled breaker: its end is not recorded.
    Unrecorded,
    /// Admitted as part of the trial call that encloses it: takes no slot, and
    /// its outcome decides nothing.
    Nested,
    /// The first trial call: Open becomes HalfOpen.
    FirstTrial,
    /// A trial call with a slot.
    Trial,
    /// A trial call beyond the slots, because none was admitted for a whole
    /// cooldown.
    ExtraTrial,
    /// Rejected.
    Rejected,
}

/// Returns how a call is admitted (R1, R6, R7, R9, R20).
///
/// `is_nested` is evaluated in HalfOpen only.
#[inline]
pub(crate) fn admission(
    snapshot: StateSnapshot,
    now: Timestamp,
    trial_calls: u32,
    is_nested: impl FnOnce() -> bool,
) -> Admission {
    let state = snapshot.state;
    match (state.overridden(), state.base()) {
        (Override::Closed, _) | (Override::None, BaseState::Closed) => Admission::Free,
        (Override::Disabled, _) => Admission::Unrecorded,
        (Override::Open, _) => Admission::Rejected,
        (Override::None, BaseState::Open) if snapshot.deadline_passed(now) => Admission::FirstTrial,
        (Override::None, BaseState::Open) => Admission::Rejected,
        (Override::None, BaseState::HalfOpen) if is_nested() => Admission::Nested,
        (Override::None, BaseState::HalfOpen) if state.in_flight() + state.completed() < trial_calls => {
            Admission::Trial
        }
        (Override::None, BaseState::HalfOpen) if snapshot.deadline_passed(now) => Admission::ExtraTrial,
        (Override::None, BaseState::HalfOpen) => Admission::Rejected,
    }
}

/// Returns the state that readers see (R6).
pub(crate) fn effective_state(snapshot: StateSnapshot, now: Timestamp) -> State {
    match snapshot.state.state() {
        State::Open if snapshot.cooldown_elapsed(now) => State::HalfOpen,
        state => state,
    }
}

/// Returns how long a rejected caller has to wait, in nanoseconds (R6, R7,
/// R17).
///
/// Only Open has an end that is known beforehand.
#[inline]
pub(crate) const fn retry_after(state: State, until_deadline: u64) -> Option<u64> {
    match state {
        State::Open => Some(until_deadline),
        State::Closed | State::HalfOpen | State::ForcedOpen | State::ForcedClosed | State::Disabled => None,
    }
}

/// Returns whether a change from `before` to `after` may admit a waiter, or
/// complete its wait for Closed.
pub(crate) fn concerns_waiters(before: StateSnapshot, after: StateSnapshot) -> bool {
    let slots_taken = |state: PackedState| state.in_flight() + state.completed();
    before.state.generation() != after.state.generation()
        || slots_taken(after.state) < slots_taken(before.state)
        || after.deadline < before.deadline
}

/// The effect of `slow_call` and `slow_threshold` on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlowCalls {
    /// No call is slow.
    Off,
    /// A slow call is a failure.
    AreFailures,
    /// Slow calls are judged by a rate of their own.
    AreJudgedApart,
}

/// Returns what the end of a call counts as (R3, R8, R11, R12).
///
/// `is_slow`: the call took at least `slow_call`.
#[inline]
pub(crate) fn counted(end: CallEnd, is_slow: bool, slow_calls: SlowCalls, is_trial: bool) -> Counted {
    let slow = is_slow;
    let slow_fails = slow && slow_calls != SlowCalls::AreJudgedApart;
    match end {
        CallEnd::Returned(verdict) => match verdict.outcome() {
            Outcome::Success => Counted::Call {
                failed: slow_fails,
                slow,
            },
            Outcome::Failure => Counted::Call { failed: true, slow },
            Outcome::Ignored => Counted::Ignored,
        },
        CallEnd::Panicked => Counted::Call { failed: true, slow },
        // If `slow_call` is set, a call that timed out is slow: `timeout` is longer.
        CallEnd::TimedOut => Counted::Call {
            failed: true,
            slow: slow || slow_calls != SlowCalls::Off,
        },
        CallEnd::Dropped if !slow => Counted::Cancelled,
        // A dropped call has not shown a success, so a dropped trial call is a failure.
        CallEnd::Dropped => Counted::Call {
            failed: slow_fails || is_trial,
            slow,
        },
    }
}

/// Returns until when a state counts as open, if it does.
///
/// Readers see `HalfOpen` once the cooldown has elapsed, and no override once its end has come.
pub(crate) fn open_until(
    state: PackedState,
    deadline: Timestamp,
    override_end: Option<Timestamp>,
    now: Timestamp,
) -> Timestamp {
    let is_open = state.base() == BaseState::Open;
    match (state.state(), override_end) {
        (State::Open, _) => now.min(deadline),
        (State::ForcedOpen, Some(end)) if end < now && is_open => end.max(now.min(deadline)),
        (State::ForcedOpen, Some(end)) => now.min(end),
        _ => now,
    }
}

/// Returns whether a result of this generation is stale (R10).
///
/// A cancelled call has no result.
#[inline]
pub(crate) fn is_stale(state: PackedState, generation: u64, counted: Counted) -> bool {
    state.generation() != generation && counted != Counted::Cancelled
}

/// The effect of a failure on the count of consecutive failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum AfterFailure {
    /// Nothing: it is stale.
    Stale,
    /// It is counted.
    Counted(PackedState),
    /// It reaches the threshold. The thread decides again under the control lock.
    Trip(Reason),
}

/// Returns what a failure of this generation does to the count of consecutive
/// failures (R4, R10).
#[inline]
pub(crate) fn after_failure(state: PackedState, generation: u64, limits: Limits) -> AfterFailure {
    if state.generation() != generation {
        return AfterFailure::Stale;
    }
    let failures = state.failures() + 1;
    let tally = Tally {
        failures: failures.into(),
        ..Tally::default()
    };
    trip_reason(limits, tally).map_or(
        AfterFailure::Counted(state.with_failures(failures)),
        AfterFailure::Trip,
    )
}

/// Returns the state after a trip: Open (R5).
///
/// Forced closed prevents it: the count begins again (R17). `None` if nothing is counted.
#[inline]
pub(crate) fn after_trip(state: PackedState) -> Option<PackedState> {
    if state.is_shadow() {
        (state.failures() != 0).then(|| state.with_failures(0))
    } else {
        Some(state.next(BaseState::Open))
    }
}

/// Returns the state without consecutive failures, after a success of this
/// generation; `None` if there is nothing to reset.
#[inline]
pub(crate) fn after_success(state: PackedState, generation: u64) -> Option<PackedState> {
    (state.failures() != 0 && state.generation() == generation).then(|| state.with_failures(0))
}

/// Returns whether a trip that the override prevents is reported (R17).
///
/// At most once per cooldown.
pub(crate) fn would_trip_is_due(reported: Option<Timestamp>, now: Timestamp, cooldown: Duration) -> bool {
    reported.is_none_or(|reported| now.since(reported) >= cooldown)
}

/// Returns the state under this override; `None` if it is set already (R17).
pub(crate) fn under_override(state: PackedState, overridden: Override) -> Option<PackedState> {
    (state.overridden() != overridden).then(|| state.next_override(overridden))
}

/// The fewest consecutive abandoned trial calls that reopen the breaker.
const FEWEST_ABANDONED: u32 = 5;

/// Returns the number of consecutive abandoned trial calls, after one more
/// trial call has ended like this (R21).
pub(crate) fn abandoned_trials(before: u32, counted: Counted) -> u32 {
    match counted {
        Counted::Call { .. } => 0,
        Counted::Ignored => before,
        Counted::Cancelled => before.saturating_add(1),
    }
}

/// Returns whether the next extra trial call may be admitted at once (R9).
///
/// `is_last`: the call was an extra trial call, and no trial call was admitted after it. If it
/// decided nothing, it must not cost a cooldown.
pub(crate) fn frees_extra_trial(counted: Counted, is_last: bool) -> bool {
    is_last && matches!(counted, Counted::Ignored | Counted::Cancelled)
}

/// The effect of the end of a trial call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum AfterTrial {
    Stay(PackedState),
    Close,
    Reopen(Reason),
}

/// Returns what the end of a trial call does in HalfOpen (R3, R7, R8, R9, R21).
///
/// `abandoned`: see [`abandoned_trials`].
pub(crate) fn after_trial(
    state: PackedState,
    counted: Counted,
    is_extra: bool,
    abandoned: u32,
    settings: &Settings,
) -> AfterTrial {
    // An extra trial call took no slot, so it frees none.
    let in_flight = state.in_flight().saturating_sub(u32::from(!is_extra));
    let slow = match counted {
        Counted::Call { failed: true, .. } => return AfterTrial::Reopen(Reason::TrialFailed),
        Counted::Cancelled if abandoned >= settings.trial_calls().max(FEWEST_ABANDONED) => {
            return AfterTrial::Reopen(Reason::TrialsAbandoned { calls: abandoned });
        }
        Counted::Cancelled | Counted::Ignored => {
            return AfterTrial::Stay(state.with_trials(in_flight, state.completed(), state.slow()));
        }
        Counted::Call { failed: false, slow } => state.slow() + u32::from(slow),
    };
    let completed = state.completed() + 1;
    if completed < settings.trial_calls() {
        return AfterTrial::Stay(state.with_trials(in_flight, completed, slow));
    }
    match settings.slow_threshold() {
        Some(rate) if rate.is_reached_by(slow.into(), completed.into()) => {
            AfterTrial::Reopen(Reason::TrialsSlow {
                slow,
                calls: completed,
            })
        }
        _ => AfterTrial::Close,
    }
}

/// The counts of a window.
///
/// A window that does not count successes has no `calls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) slow: u64,
}

/// The limits that a tally is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) threshold: ThresholdKind,
    pub(crate) minimum_calls: u32,
    pub(crate) slow_threshold: Option<Rate>,
}

impl Limits {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            threshold: settings.threshold().0,
            minimum_calls: settings.minimum_calls().unwrap_or(1),
            slow_threshold: settings.slow_threshold(),
        }
    }
}

/// Returns the reason why this tally trips; `None` if it does not (R2, R4).
#[inline]
pub(crate) fn trip_reason(limits: Limits, tally: Tally) -> Option<Reason> {
    let Tally {
        calls,
        failures,
        slow,
    } = tally;
    let enough = calls >= u64::from(limits.minimum_calls);
    match limits.threshold {
        ThresholdKind::Failures(threshold) if failures >= u64::from(threshold) => {
            return Some(Reason::Failures { failures });
        }
        ThresholdKind::Rate(rate) if enough && rate.is_reached_by(failures, calls) => {
            return Some(Reason::FailureRate { failures, calls });
        }
        _ => {}
    }
    match limits.slow_threshold {
        Some(rate) if enough && rate.is_reached_by(slow, calls) => Some(Reason::SlowCallRate { slow, calls }),
        _ => None,
    }
}

/// Returns how long an Open lasts.
///
/// Each reopening doubles the cooldown, up to `max_cooldown`. A cooldown that the service requested
/// is limited to `max_cooldown`, or to `cooldown` if there is none. Jitter lengthens both.
pub(crate) fn cooldown(
    settings: &Settings,
    reopenings: u32,
    requested: Option<Duration>,
    seed: u64,
    generation: u64,
) -> Duration {
    let base = settings.cooldown();
    let length = match (requested, settings.max_cooldown()) {
        (Some(requested), longest) => requested.min(longest.unwrap_or(base)),
        (None, None) => base,
        (None, Some(longest)) => base
            .saturating_mul(1_u32.checked_shl(reopenings).unwrap_or(u32::MAX))
            .min(longest),
    };
    length.saturating_add(lengthening(settings.jitter(), length, seed, generation))
}

/// Returns the random part of a cooldown, a pure function of (seed, generation)
/// (R14).
fn lengthening(jitter: Rate, cooldown: Duration, seed: u64, generation: u64) -> Duration {
    if !jitter.is_above_zero() {
        return Duration::ZERO;
    }
    let most = crate::clock::nanos(jitter.of_duration(cooldown));
    let chance = mix(seed ^ generation.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    // The high half of the product maps the 64 random bits evenly on 0..=most.
    let nanos = (u128::from(chance) * (u128::from(most) + 1)) >> 64;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(most))
}

/// Applies the finalizer of `SplitMix64`.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
pub(crate) const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
