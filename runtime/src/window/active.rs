//! The window in force, one variant for each kind.

use crate::{
    clock::Timestamp,
    state::Reason,
    state::rules::{Limits, Tally, trip_reason},
    window::{
        count::CallsWindow,
        failure_log::FailureLog,
        sample::{ReportedTally, Sample},
        time::TimeWindow,
    },
};

/// The window that a breaker judges its calls over.
///
/// | kind | judges | exact | a healthy success |
/// |---|---|---|---|
/// | [`FailureLog`] | failures within a time | yes | writes nothing |
/// | [`CallsWindow`] | failures or rates of the last calls | yes | one load or compare-exchange |
/// | [`TimeWindow`] | rates over the last seconds | to a tenth of the time | one plain store |
///
/// Every operation names the generation of its call. The first call of a newer generation empties
/// the window, and calls of an older one are passed over. So a transition needs no lock on any
/// window.
#[derive(Clone, Copy)]
pub(crate) enum ActiveWindow<'a> {
    FailureLog(&'a FailureLog),
    Calls(&'a CallsWindow),
    Time(&'a TimeWindow),
    /// A number of failures within a time, and a slow-call rate over the same time.
    FailureLogAndSlow(&'a FailureLog, &'a TimeWindow),
}

impl ActiveWindow<'_> {
    /// Counts a call that ended at `now`, and judges the window.
    ///
    /// The clock is read only for a window of time, and before any lock is taken: it may be the
    /// user's code.
    pub(crate) fn judge(
        self,
        generation: u64,
        sample: Sample,
        now: &impl Fn() -> Timestamp,
        limits: Limits,
    ) -> Option<Reason> {
        let tally = match self {
            Self::FailureLog(_) if !sample.failed => return None,
            Self::FailureLog(log) => Tally {
                failures: log.add(generation, now(), limits),
                ..Tally::default()
            },
            Self::Calls(calls) => calls.add(generation, sample)?,
            Self::Time(time) => time.add(generation, sample, now(), || limits.minimum_calls)?,
            Self::FailureLogAndSlow(log, time) => {
                let now = now();
                let failures = if sample.failed {
                    log.add(generation, now, limits)
                } else {
                    0
                };
                Tally {
                    failures,
                    ..time
                        .add(generation, sample, now, || limits.minimum_calls)
                        .unwrap_or_default()
                }
            }
        };
        trip_reason(limits, tally)
    }

    /// Returns what the window holds at `now`, for a reader.
    pub(crate) fn counts(self, generation: u64, now: Timestamp) -> ReportedTally {
        let of_tally = |tally: Tally| ReportedTally {
            calls: Some(tally.calls),
            failures: tally.failures,
            slow: Some(tally.slow),
        };
        match self {
            Self::FailureLog(log) => ReportedTally {
                failures: log.count(generation, now),
                ..ReportedTally::default()
            },
            Self::Calls(calls) => of_tally(calls.tally(generation)),
            Self::Time(time) => of_tally(time.tally(generation, now)),
            Self::FailureLogAndSlow(log, time) => of_tally(Tally {
                failures: log.count(generation, now),
                ..time.tally(generation, now)
            }),
        }
    }

    /// Empties the window within its generation, as a shadow window does when it
    /// would have tripped.
    pub(crate) fn clear(self) {
        match self {
            Self::FailureLog(log) => log.clear(),
            Self::Calls(calls) => calls.clear(),
            Self::Time(time) => time.clear(),
            Self::FailureLogAndSlow(log, time) => {
                log.clear();
                time.clear();
            }
        }
    }
}
