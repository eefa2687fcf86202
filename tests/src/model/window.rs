//! The windows, as one list of calls that is counted again for every answer.

use super::call::{Verdict, Why};
use super::settings::{Nanos, Settings, Threshold, Window};

/// The number of buckets in a time window with rates.
const BUCKETS: Nanos = 10;

/// The length of a bucket, and how many of them are the window.
fn buckets(length: Nanos) -> (Nanos, Nanos) {
    ((length / BUCKETS).max(1), length.min(BUCKETS))
}

/// What the window holds. `None` if this kind of window does not keep it.
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
    /// When the newest failure ended, by the clock of the failures.
    stamp: Nanos,
    /// The bucket of the call, by the clock of the buckets.
    bucket: Nanos,
}

/// The clock of a window, which stands still while the clock of the breaker
/// steps back.
#[derive(Clone, Copy, Debug, Default)]
struct WindowClock {
    newest: Nanos,
    /// All steps back together.
    missed: Nanos,
}

impl WindowClock {
    /// Returns the time of the window. A reading that is behind by more than the
    /// tolerance is a step back.
    fn read(&mut self, now: Nanos, tolerance: Nanos) -> Nanos {
        let late = self.newest - (now + self.missed);
        if late > tolerance {
            self.missed += late;
        }
        self.newest = self.at(now);
        self.newest
    }

    fn at(self, now: Nanos) -> Nanos {
        self.newest.max(now + self.missed)
    }
}

/// Every counted call of this generation, oldest first.
/// The model never removes a call; it only stops counting it.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    stamps: WindowClock,
    buckets: WindowClock,
}

impl Log {
    /// Empties the window: for a new generation, or after a shadow trip.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds a call.
    pub(super) fn record(&mut self, verdict: Verdict, window: Window, now: Nanos) {
        let length = match window {
            Window::Time(length) => length,
            Window::None | Window::Calls(_) => BUCKETS,
        };
        if verdict.failed {
            self.stamps.read(now, length / BUCKETS);
        }
        let (bucket, _) = buckets(length);
        let number = self.buckets.read(now, bucket) / bucket;
        self.buckets.newest = number * bucket;
        self.entries.push(Entry {
            verdict,
            stamp: self.stamps.newest,
            bucket: number,
        });
    }

    /// Returns why the last recorded call trips, if it does.
    pub(super) fn judge(&self, settings: &Settings) -> Option<Why> {
        let Counts {
            calls,
            failures,
            slow,
        } = self.counts_at(settings, self.buckets.newest, self.stamps.newest);
        let failures = failures?;
        match settings.threshold {
            Threshold::Failures(threshold) if failures >= u64::from(threshold) => {
                return Some(Why::Failures(failures));
            }
            Threshold::Rate(rate) if settings.rate_is_reached(failures, calls?, rate) => {
                return Some(Why::FailureRate(failures, calls?));
            }
            _ => {}
        }
        let (calls, slow) = (calls?, slow?);
        settings
            .rate_is_reached(slow, calls, settings.slow_threshold?)
            .then_some(Why::SlowRate(slow, calls))
    }

    /// The counts of the window at `now`.
    /// If successes are not recorded, only failures are counted.
    pub(super) fn counts(&self, settings: &Settings, now: Nanos) -> Counts {
        self.counts_at(settings, self.buckets.at(now), self.stamps.at(now))
    }

    fn counts_at(&self, settings: &Settings, bucket_time: Nanos, stamp: Nanos) -> Counts {
        let inside = match settings.window {
            Window::None => {
                return Counts {
                    failures: Some(self.consecutive()),
                    ..Counts::default()
                };
            }
            Window::Calls(size) => self.last(size),
            Window::Time(length) => self.in_buckets(length, bucket_time),
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

    /// Counts the failures since the last success.
    fn consecutive(&self) -> u64 {
        self.entries
            .iter()
            .rev()
            .take_while(|entry| entry.verdict.failed)
            .count() as u64
    }

    /// Returns the last calls, up to this many.
    fn last(&self, size: usize) -> Vec<Entry> {
        self.entries.iter().rev().take(size).copied().collect()
    }

    /// Returns the calls of the last ten buckets, or of fewer in a window under 10
    /// ns.
    fn in_buckets(&self, length: Nanos, now: Nanos) -> Vec<Entry> {
        let (bucket, span) = buckets(length);
        self.entries
            .iter()
            .filter(|entry| entry.bucket > now / bucket - span)
            .copied()
            .collect()
    }

    /// Counts the failures in `(now − length, now]` (R2).
    fn failures_within(&self, length: Nanos, now: Nanos) -> u64 {
        let is_inside = |entry: &&Entry| entry.verdict.failed && entry.stamp > now - length;
        self.entries.iter().filter(is_inside).count() as u64
    }
}

fn count(entries: &[Entry], what: impl Fn(Verdict) -> bool) -> u64 {
    entries.iter().filter(|entry| what(entry.verdict)).count() as u64
}
