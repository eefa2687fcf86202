//! The rules as pure functions of (word, counts, now). Nothing here reads a clock, an atomic or a lock.

use std::time::Duration;

use crate::state::{BaseState, Override, PackedState, Reason, StateSnapshot};
use crate::{
    clock::Timestamp,
    config::{Rate, Settings, ThresholdKind},
    state::State,
};

/// What a caller at the door gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Goes through, nothing to write.
    Free,
    /// The first trial call: Open becomes HalfOpen.
    FirstTrial,
    /// A trial call with a slot.
    Trial,
    /// A trial call beyond the slots, because all of them have been taken for a whole cooldown.
    ExtraTrial,
    /// Refused, until the deadline where there is one.
    Rejected,
}

/// R1, R6, R7, R9: who is admitted.
#[inline]
pub(crate) fn admission(sight: StateSnapshot, now: Timestamp, trial_calls: u32) -> Admission {
    let word = sight.word;
    match (word.overridden(), word.automatic()) {
        (Override::Closed, _) | (Override::None, BaseState::Closed) => Admission::Free,
        (Override::Open, _) => Admission::Rejected,
        (Override::None, BaseState::Open) if sight.deadline_passed(now) => Admission::FirstTrial,
        (Override::None, BaseState::HalfOpen) if word.in_flight() + word.completed() < trial_calls => {
            Admission::Trial
        }
        (Override::None, BaseState::HalfOpen) if sight.deadline_passed(now) => Admission::ExtraTrial,
        (Override::None, _) => Admission::Rejected,
    }
}

/// R6: the state that readers see.
pub(crate) fn effective_state(sight: StateSnapshot, now: Timestamp) -> State {
    match sight.word.state() {
        State::Open if sight.cooldown_elapsed(now) => State::HalfOpen,
        state => state,
    }
}

/// How a trial call ended, as far as its breaker cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrialEnd {
    Succeeded {
        slow: bool,
    },
    Failed,
    /// Ignored or cancelled.
    Neutral,
}

/// What the end of a trial call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum AfterTrial {
    Stay(PackedState),
    Close,
    Reopen(Reason),
}

/// R3, R7, R8, R9: what the end of a trial call does in HalfOpen.
pub(crate) fn after_trial(
    word: PackedState,
    end: TrialEnd,
    is_extra: bool,
    settings: &Settings,
) -> AfterTrial {
    // An extra trial took no slot, so it frees none.
    let in_flight = word.in_flight().saturating_sub(u32::from(!is_extra));
    let slow = match end {
        TrialEnd::Failed => return AfterTrial::Reopen(Reason::TrialFailed),
        TrialEnd::Neutral => {
            return AfterTrial::Stay(word.with_trials(in_flight, word.completed(), word.slow()));
        }
        TrialEnd::Succeeded { slow } => word.slow() + u32::from(slow),
    };
    let completed = word.completed() + 1;
    if completed < settings.trial_calls() {
        return AfterTrial::Stay(word.with_trials(in_flight, completed, slow));
    }
    match settings.slow_threshold() {
        Some(share) if share.is_reached_by(slow.into(), completed.into()) => {
            AfterTrial::Reopen(Reason::TrialsSlow {
                slow,
                calls: completed,
            })
        }
        _ => AfterTrial::Close,
    }
}

/// What a window counts. A window that does not see successes knows no calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) slow: u64,
}

/// The limits that a tally is judged by.
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

/// R2, R4: why this tally trips, if it does.
#[inline]
pub(crate) fn verdict(limits: Limits, tally: Tally) -> Option<Reason> {
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
        ThresholdKind::Rate(share) if enough && share.is_reached_by(failures, calls) => {
            return Some(Reason::FailureRate { failures, calls });
        }
        _ => {}
    }
    match limits.slow_threshold {
        Some(share) if enough && share.is_reached_by(slow, calls) => {
            Some(Reason::SlowCallRate { slow, calls })
        }
        _ => None,
    }
}

/// How long this Open lasts: doubled for each reopening up to the longest, then lengthened by the jitter.
pub(crate) fn cooldown(settings: &Settings, reopenings: u32, seed: u64, generation: u64) -> Duration {
    let base = settings.cooldown();
    let grown = match settings.max_cooldown() {
        None => base,
        Some(longest) => base
            .saturating_mul(1_u32.checked_shl(reopenings).unwrap_or(u32::MAX))
            .min(longest),
    };
    grown.saturating_add(lengthening(settings.jitter(), grown, seed, generation))
}

/// How long this Open lasts where the call that opened it asked for so much: at most the longest cooldown, then lengthened by the jitter.
pub(crate) fn cooldown_asked_for(
    settings: &Settings,
    asked: Duration,
    seed: u64,
    generation: u64,
) -> Duration {
    let granted = asked.min(settings.max_cooldown().unwrap_or(settings.cooldown()));
    granted.saturating_add(lengthening(settings.jitter(), granted, seed, generation))
}

/// R14: the random part of a cooldown, a pure function of (seed, generation).
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

/// The finalizer of `SplitMix64`. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
pub(crate) const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
