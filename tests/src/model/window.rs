//! The windows, as one list of calls that is counted anew on every question.

use super::call::{Verdict, Why};
use super::settings::{Nanos, Settings, Threshold, Window};

/// The number of buckets in a time window with rates.
const SLICES: Nanos = 10;

/// What the window holds; `None` where this kind of window does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Counted calls.
    pub calls: Option<u64>,
    /// Those of them that failed.
    pub failures: Option<u64>,
    /// Those of them that were slow.
    pub slow: Option<u64>,
}

/// One counted call.
#[derive(Clone, Copy, Debug)]
struct Entry {
    verdict: Verdict,
    /// The clock, or the newest stamp of an earlier failure.
    stamp: Nanos,
    /// The clock, or the newest reading of an earlier call of this generation.
    slice_time: Nanos,
}

/// Every counted call of this generation, oldest first.
/// The model never removes a call; it only stops counting it.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    newest_stamp: Nanos,
    newest_slice_time: Nanos,
}

impl Log {
    /// Nothing of the generation before counts.
    pub(super) fn start_generation(&mut self) {
        self.clear();
        self.newest_slice_time = 0;
    }

    /// A shadow window is emptied when it would have tripped.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Adds a call.
    pub(super) fn record(&mut self, verdict: Verdict, now: Nanos) {
        if verdict.failed {
            self.newest_stamp = self.newest_stamp.max(now);
        }
        self.newest_slice_time = self.newest_slice_time.max(now);
        self.entries.push(Entry {
            verdict,
            stamp: self.newest_stamp,
            slice_time: self.newest_slice_time,
        });
    }

    /// Why the call recorded last trips, if it does.
    pub(super) fn judge(&self, settings: &Settings) -> Option<Why> {
        let Counts {
            calls,
            failures,
            slow,
        } = self.counts_at(settings, self.newest_slice_time, self.newest_stamp);
        let failures = failures?;
        match settings.threshold {
            Threshold::Failures(threshold) if failures >= u64::from(threshold) => {
                return Some(Why::Failures(failures));
            }
            Threshold::Rate(share) if settings.share_is_reached(failures, calls?, share) => {
                return Some(Why::FailureShare(failures, calls?));
            }
            _ => {}
        }
        let (calls, slow) = (calls?, slow?);
        settings
            .share_is_reached(slow, calls, settings.slow_threshold?)
            .then_some(Why::SlowShare(slow, calls))
    }

    /// The counts of the window at `now`.
    /// If successes are not recorded, only failures are counted.
    pub(super) fn counts(&self, settings: &Settings, now: Nanos) -> Counts {
        self.counts_at(
            settings,
            now.max(self.newest_slice_time),
            now.max(self.newest_stamp),
        )
    }

    fn counts_at(&self, settings: &Settings, slice_time: Nanos, stamp: Nanos) -> Counts {
        let inside = match settings.window {
            Window::None => {
                return Counts {
                    failures: Some(self.in_a_row()),
                    ..Counts::default()
                };
            }
            Window::Calls(size) => self.last(size),
            Window::Time(length) => self.in_slices(length, slice_time),
        };
        let calls = Some(inside.len() as u64);
        let failures = Some(count(&inside, |verdict| verdict.failed));
        let slow = Some(count(&inside, |verdict| verdict.slow));
        match (settings.threshold, settings.window) {
            (Threshold::Failures(_), Window::Time(length)) => {
                let failures = Some(self.failures_within(length, stamp));
                if settings.forgets_successes() {
                    return Counts {
                        failures,
                        ..Counts::default()
                    };
                }
                Counts {
                    calls,
                    failures,
                    slow,
                }
            }
            _ => Counts {
                calls,
                failures,
                slow,
            },
        }
    }

    /// Failures since the last success.
    fn in_a_row(&self) -> u64 {
        self.entries
            .iter()
            .rev()
            .take_while(|entry| entry.verdict.failed)
            .count() as u64
    }

    /// The last so many calls.
    fn last(&self, size: usize) -> Vec<Entry> {
        self.entries.iter().rev().take(size).copied().collect()
    }

    /// The calls of the last ten buckets.
    fn in_slices(&self, length: Nanos, now: Nanos) -> Vec<Entry> {
        let slice = (length + SLICES - 1) / SLICES;
        let oldest = now / slice - (SLICES - 1);
        self.entries
            .iter()
            .filter(|entry| entry.slice_time / slice >= oldest)
            .copied()
            .collect()
    }

    /// R2: the failures in `(now − length, now]`.
    fn failures_within(&self, length: Nanos, now: Nanos) -> u64 {
        let is_inside = |entry: &&Entry| entry.verdict.failed && entry.stamp > now - length;
        self.entries.iter().filter(is_inside).count() as u64
    }
}

fn count(entries: &[Entry], what: impl Fn(Verdict) -> bool) -> u64 {
    entries.iter().filter(|entry| what(entry.verdict)).count() as u64
}
