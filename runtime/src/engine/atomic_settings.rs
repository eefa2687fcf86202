//! The settings that calls read, in atomics, so that they can change in place.

use crate::{
    clock::{self, Timestamp},
    config::{Rate, Settings, ThresholdKind},
    state::rules::{Limits, SlowCalls},
    sync::{AtomicU64, Ordering},
};

/// Calls are neither timed nor are their admissions counted.
const OFF: u64 = u64::MAX;
/// Calls are not timed, but their admissions are counted.
const COUNTED: u64 = OFF - 1;
/// A `slow_call` of 584 years, which no setting may have: calls are timed for
/// their latency, and none of them is slow.
const NEVER_SLOW: u64 = COUNTED - 1;
const IS_RATE: u64 = 1 << 32;

/// A copy of some settings for the paths without a lock.
///
/// Each setting is read by itself, so a call that runs during a change may use a mixture of old and
/// new ones. Such a mixture cannot trip the breaker: the change starts a generation before it
/// releases the control lock, and a trip compares generations under that lock.
pub(super) struct AtomicSettings {
    slow_call: AtomicU64,
    /// A number of failures, or a rate with [`IS_RATE`].
    threshold: AtomicU64,
    minimum_calls: AtomicU64,
    slow_threshold: AtomicU64,
    trial_calls: AtomicU64,
}

impl AtomicSettings {
    pub(super) fn new(settings: &Settings, counts_admissions: bool) -> Self {
        let new = Self {
            slow_call: AtomicU64::new(OFF),
            threshold: AtomicU64::new(0),
            minimum_calls: AtomicU64::new(0),
            slow_threshold: AtomicU64::new(OFF),
            trial_calls: AtomicU64::new(1),
        };
        new.set(settings, counts_admissions);
        new
    }

    /// Stores the settings that calls read.
    ///
    /// Relaxed, all of it: the change of generation that follows publishes the values to the calls
    /// admitted after it.
    pub(super) fn set(&self, settings: &Settings, counts_admissions: bool) {
        let limits = Limits::of(settings);
        let threshold = match limits.threshold {
            ThresholdKind::Failures(failures) => u64::from(failures),
            ThresholdKind::Rate(rate) => IS_RATE | u64::from(rate.millionths()),
        };
        let without_slow_calls = match (settings.latency(), counts_admissions) {
            (true, _) => NEVER_SLOW,
            (false, true) => COUNTED,
            (false, false) => OFF,
        };
        self.slow_call.store(
            settings.slow_call().map_or(without_slow_calls, clock::nanos),
            Ordering::Relaxed,
        );
        self.threshold.store(threshold, Ordering::Relaxed);
        self.minimum_calls
            .store(limits.minimum_calls.into(), Ordering::Relaxed);
        let slow_threshold = limits.slow_threshold.map_or(OFF, |rate| rate.millionths().into());
        self.slow_threshold.store(slow_threshold, Ordering::Relaxed);
        self.trial_calls
            .store(settings.trial_calls().into(), Ordering::Relaxed);
    }

    /// Returns whether an admission does more than load the state: it times the
    /// call, or counts the admission.
    #[inline]
    pub(super) fn observes_admissions(&self) -> bool {
        self.slow_call.load(Ordering::Relaxed) != OFF
    }

    /// Returns whether calls must be timed, for `slow_call` or for their latency.
    ///
    /// One load serves both.
    #[inline]
    pub(super) fn times_calls(&self) -> bool {
        self.slow_call.load(Ordering::Relaxed) < COUNTED
    }

    /// Returns whether a call that ran from `started` to `now` was slow.
    pub(super) fn is_slow(&self, started: Timestamp, now: Timestamp) -> bool {
        let slow_call = self.slow_call.load(Ordering::Relaxed);
        slow_call < COUNTED && clock::nanos(now.since(started)) >= slow_call
    }

    /// Returns what slow calls count as.
    pub(super) fn slow_calls(&self) -> SlowCalls {
        if self.slow_call.load(Ordering::Relaxed) >= NEVER_SLOW {
            SlowCalls::Off
        } else if self.slow_threshold.load(Ordering::Relaxed) == OFF {
            SlowCalls::AreFailures
        } else {
            SlowCalls::AreJudgedApart
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "written from values of 32 bits")]
    pub(super) fn limits(&self) -> Limits {
        let threshold = self.threshold.load(Ordering::Relaxed);
        let slow_threshold = self.slow_threshold.load(Ordering::Relaxed);
        Limits {
            threshold: if threshold & IS_RATE == 0 {
                ThresholdKind::Failures(threshold as u32)
            } else {
                ThresholdKind::Rate(Rate::from_millionths(threshold as u32))
            },
            minimum_calls: self.minimum_calls.load(Ordering::Relaxed) as u32,
            slow_threshold: (slow_threshold != OFF).then(|| Rate::from_millionths(slow_threshold as u32)),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "written from a value of 32 bits")]
    pub(super) fn trial_calls(&self) -> u32 {
        self.trial_calls.load(Ordering::Relaxed) as u32
    }
}
