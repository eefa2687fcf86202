//! Which calls the threshold is judged over: one file for each kind of window.

mod count;
mod failure_log;
mod time;

use crate::{
    clock::Timestamp,
    config::{Settings, ThresholdKind, WindowKind},
    state::Reason,
    state::rules::{Limits, Tally, verdict},
};
use count::CallsWindow;
use failure_log::FailureTimes;
use time::TimeWindow;

/// One counted call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) failed: bool,
    pub(crate) slow: bool,
}

impl Sample {
    const HEALTHY: Self = Self {
        failed: false,
        slow: false,
    };

    const fn is_healthy(self) -> bool {
        !self.failed && !self.slow
    }
}

/// What became of a healthy success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Successful {
    /// It cannot trip.
    Counted,
    /// The window holds trouble, and must be judged.
    CountedInTrouble(Tally),
    /// It must be [recorded](Window::record).
    NotCounted,
}

/// What a window says to a reader; `None` where successes leave no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    pub(crate) calls: Option<u64>,
    pub(crate) failures: u64,
    pub(crate) slow: Option<u64>,
}

/// The window of one breaker. Its kind and size are fixed when the breaker is built.
///
/// Every operation names the generation that it belongs to. The first one of a newer generation empties the window, and what
/// belongs to an older one is passed over: so a state change needs no lock on any window.
pub(crate) enum Window {
    /// Failures in a row are counted in the state word.
    Consecutive,
    FailureTimes(FailureTimes),
    Calls(CallsWindow),
    Time(TimeWindow),
    /// A number of failures within a time, and a share of slow calls within the same time.
    FailureTimesAndSlow(FailureTimes, TimeWindow),
}

impl Window {
    pub(crate) fn new(settings: &Settings) -> Self {
        match (settings.threshold().0, settings.window().map(|window| window.0)) {
            (_, None) => Self::Consecutive,
            (_, Some(WindowKind::Calls(calls))) => Self::Calls(CallsWindow::new(calls)),
            (ThresholdKind::Rate(_), Some(WindowKind::Time(length))) => Self::Time(TimeWindow::new(length)),
            (ThresholdKind::Failures(most), Some(WindowKind::Time(length))) => {
                let times = FailureTimes::new(most, length);
                match settings.slow_threshold() {
                    None => Self::FailureTimes(times),
                    Some(_) => Self::FailureTimesAndSlow(times, TimeWindow::new(length)),
                }
            }
        }
    }

    /// Whether new settings fit into this window: its kind and size never change.
    pub(crate) fn fits(&self, old: &Settings, new: &Settings) -> bool {
        let same_kind = match (self, new.threshold().0) {
            (Self::Consecutive | Self::Calls(_), _) => true,
            (Self::FailureTimes(times), ThresholdKind::Failures(most)) => {
                times.holds(most) && new.slow_threshold().is_none()
            }
            (Self::FailureTimesAndSlow(times, _), ThresholdKind::Failures(most)) => times.holds(most),
            (Self::Time(_), ThresholdKind::Rate(_)) => true,
            _ => false,
        };
        same_kind && old.window() == new.window()
    }

    /// Whether a healthy success changes nothing, as far as one load can tell.
    #[inline]
    pub(crate) fn is_unmoved_by_success(&self, generation: u64) -> bool {
        match self {
            Self::Consecutive | Self::FailureTimes(_) => true,
            Self::Calls(calls) => calls.is_all_healthy(generation),
            Self::Time(_) | Self::FailureTimesAndSlow(..) => false,
        }
    }

    /// Counts a healthy success in the shortest way that there is, where there is one.
    #[inline]
    pub(crate) fn count_success(
        &self,
        generation: u64,
        now: &impl Fn() -> Timestamp,
        minimum_calls: impl FnOnce() -> u32,
    ) -> Successful {
        match self {
            Self::Consecutive | Self::FailureTimes(_) => Successful::Counted,
            Self::Calls(calls) if calls.count_success(generation) => Successful::Counted,
            Self::Time(time) => time
                .record(generation, Sample::HEALTHY, now(), minimum_calls)
                .map_or(Successful::Counted, Successful::CountedInTrouble),
            Self::Calls(_) | Self::FailureTimesAndSlow(..) => Successful::NotCounted,
        }
    }

    /// Counts a call that ended at `now` and judges the window. Failures in a row are not counted here.
    ///
    /// The clock is read where the window is one of time, and before any lock is taken.
    pub(crate) fn record(
        &self,
        generation: u64,
        sample: Sample,
        now: &impl Fn() -> Timestamp,
        limits: Limits,
    ) -> Option<Reason> {
        let tally = match self {
            Self::Consecutive => return None,
            Self::FailureTimes(_) if !sample.failed => return None,
            Self::FailureTimes(times) => Tally {
                failures: times.record(generation, now(), limits),
                ..Tally::default()
            },
            Self::Calls(calls) => calls.record(generation, sample)?,
            Self::Time(time) => time.record(generation, sample, now(), || limits.minimum_calls)?,
            Self::FailureTimesAndSlow(times, time) => {
                let now = now();
                let failures = if sample.failed {
                    times.record(generation, now, limits)
                } else {
                    0
                };
                Tally {
                    failures,
                    ..time
                        .record(generation, sample, now, || limits.minimum_calls)
                        .unwrap_or_default()
                }
            }
        };
        verdict(limits, tally)
    }

    /// What the window holds at `now`, for a reader.
    pub(crate) fn counts(&self, generation: u64, now: Timestamp) -> Counts {
        let of_tally = |tally: Tally| Counts {
            calls: Some(tally.calls),
            failures: tally.failures,
            slow: Some(tally.slow),
        };
        match self {
            Self::Consecutive => Counts::default(),
            Self::FailureTimes(times) => Counts {
                failures: times.count(generation, now),
                ..Counts::default()
            },
            Self::Calls(calls) => of_tally(calls.tally(generation)),
            Self::Time(time) => of_tally(time.tally(generation, now)),
            Self::FailureTimesAndSlow(times, time) => of_tally(Tally {
                failures: times.count(generation, now),
                ..time.tally(generation, now)
            }),
        }
    }

    /// Empties the window within its generation, as a shadow window does when it would have tripped.
    pub(crate) fn clear(&self) {
        match self {
            Self::Consecutive => {}
            Self::FailureTimes(times) => times.clear(),
            Self::Calls(calls) => calls.clear(),
            Self::Time(time) => time.clear(),
            Self::FailureTimesAndSlow(times, time) => {
                times.clear();
                time.clear();
            }
        }
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
