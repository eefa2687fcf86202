//! The four windows, as lists that are counted anew on every question.

use super::call::Verdict;
use super::settings::{Nanos, Settings, Threshold, Window};

/// In how many slices a time window is cut.
const SLICES: i128 = 10;

/// One counted call.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: Nanos,
    verdict: Verdict,
}

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

/// Every counted call of this generation, oldest first; nothing is ever forgotten, only not looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
}

impl Log {
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Adds a call. Its stamp never lies before that of the call before it.
    pub(super) fn record(&mut self, verdict: Verdict, now: Nanos) {
        let at = self.newest().map_or(now, |newest| newest.max(now));
        self.entries.push(Entry { at, verdict });
    }

    /// Failures since the last success.
    pub(super) fn in_a_row(&self) -> usize {
        self.entries
            .iter()
            .rev()
            .take_while(|entry| entry.verdict.failed)
            .count()
    }

    /// What the window holds at `now`. Where successes leave no trace, only failures are known.
    pub(super) fn counts(&self, settings: &Settings, now: Nanos) -> Counts {
        let entries = self.inside(settings, now);
        let failures = entries.iter().filter(|entry| entry.verdict.failed).count() as u64;
        let slow = entries.iter().filter(|entry| entry.verdict.slow).count() as u64;
        if settings.forgets_successes() {
            return Counts {
                calls: None,
                failures: Some(failures),
                slow: None,
            };
        }
        Counts {
            calls: Some(entries.len() as u64),
            failures: Some(failures),
            slow: Some(slow),
        }
    }

    /// The calls inside the window at `now`.
    fn inside(&self, settings: &Settings, now: Nanos) -> Vec<Entry> {
        let entries = self.entries.iter().copied();
        match (settings.threshold, settings.window) {
            (_, Window::None) => entries.rev().take(self.in_a_row()).collect(),
            (_, Window::Calls(size)) => entries.rev().take(size).collect(),
            (Threshold::Failures(_), Window::Time(length)) => entries
                .filter(|entry| entry.verdict.failed && entry.at > now - length)
                .collect(),
            (Threshold::Share(_), Window::Time(length)) => {
                let slice = (length + SLICES - 1) / SLICES;
                let oldest = now / slice - (SLICES - 1);
                entries.filter(|entry| entry.at / slice >= oldest).collect()
            }
        }
    }

    /// Whether the call recorded last is the one that trips.
    pub(super) fn reached(&self, settings: &Settings, now: Nanos) -> bool {
        let counts = self.counts(settings, self.newest().map_or(now, |newest| newest.max(now)));
        let failed = match settings.threshold {
            Threshold::Failures(failures) => counts.failures >= Some(u64::from(failures)),
            Threshold::Share(share) => settings.share_is_reached(counts.failures, counts.calls, share),
        };
        let slow = settings
            .slow_threshold
            .is_some_and(|share| settings.share_is_reached(counts.slow, counts.calls, share));
        failed || slow
    }

    fn newest(&self) -> Option<Nanos> {
        self.entries.last().map(|entry| entry.at)
    }
}
