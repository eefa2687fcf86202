//! The counts of the breakers of a group, evicted breakers included.

use std::time::Duration;

use crate::{
    stats::{Durations, Totals, Transitions},
    sync::{Mutex, lock},
};

/// The counts of one breaker, or of several together, since the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) totals: Totals,
    pub(crate) transitions: Vec<Transitions>,
    pub(crate) open_time: Duration,
    /// The durations of successes and of failures, if they are recorded.
    pub(crate) durations: Option<(Durations, Durations)>,
}

/// The counts that the breakers of a group leave when they are dropped.
#[derive(Debug, Default)]
pub(crate) struct RetiredCounts {
    left: Mutex<Counts>,
    /// The largest sum that was reported.
    reported: Mutex<Counts>,
}

impl RetiredCounts {
    pub(crate) fn add(&self, counts: &Counts) {
        lock(&self.left).combine(counts, u64::saturating_add, Duration::saturating_add);
    }

    /// Sums the counts of all breakers of the group. `existing` are those that have
    /// not left their counts yet.
    ///
    /// The caller holds handles of them, so that none leaves its counts meanwhile.
    ///
    /// The sum never falls, as Prometheus requires of a counter. Without that rule it could: a
    /// breaker that is being dropped neither exists nor has left its counts.
    pub(crate) fn sum(&self, existing: impl Iterator<Item = Counts>) -> Counts {
        let mut sum = lock(&self.left).clone();
        for counts in existing {
            sum.combine(&counts, u64::saturating_add, Duration::saturating_add);
        }
        let mut reported = lock(&self.reported);
        reported.combine(&sum, u64::max, Duration::max);
        reported.clone()
    }
}

impl Counts {
    /// Combines each number with that of `other`.
    fn combine(
        &mut self,
        other: &Self,
        numbers: fn(u64, u64) -> u64,
        times: fn(Duration, Duration) -> Duration,
    ) {
        self.totals.combine(&other.totals, numbers);
        self.open_time = times(self.open_time, other.open_time);
        for transitions in &other.transitions {
            let own = self.transitions.iter_mut();
            match own.into_iter().find(|own| own.is_like(transitions)) {
                Some(own) => own.count = numbers(own.count, transitions.count),
                None => self.transitions.push(*transitions),
            }
        }
        self.durations = match (self.durations.take(), &other.durations) {
            (Some((successes, failures)), Some(other)) => Some((
                successes.combined_with(&other.0, numbers, times),
                failures.combined_with(&other.1, numbers, times),
            )),
            (own, other) => own.or_else(|| other.clone()),
        };
    }
}

impl Transitions {
    fn is_like(&self, other: &Self) -> bool {
        (self.from, self.to, self.reason) == (other.from, other.to, other.reason)
    }
}

impl Totals {
    fn combine(&mut self, other: &Self, numbers: fn(u64, u64) -> u64) {
        let Self {
            successes,
            failures,
            ignored,
            cancelled,
            late,
            rejected,
            slow,
            timed_out,
            panicked,
            last_good,
            fallback_ok,
            fallback_failed,
            errors,
            too_slow,
        } = self;
        for (own, other) in [
            (successes, other.successes),
            (failures, other.failures),
            (ignored, other.ignored),
            (cancelled, other.cancelled),
            (late, other.late),
            (rejected, other.rejected),
            (slow, other.slow),
            (timed_out, other.timed_out),
            (panicked, other.panicked),
            (last_good, other.last_good),
            (fallback_ok, other.fallback_ok),
            (fallback_failed, other.fallback_failed),
            (errors, other.errors),
            (too_slow, other.too_slow),
        ] {
            *own = numbers(*own, other);
        }
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;
    use crate::state::State;

    fn counts(successes: u64, trips: u64, open: u64) -> Counts {
        Counts {
            totals: Totals {
                successes,
                ..Totals::default()
            },
            transitions: vec![Transitions {
                from: State::Closed,
                to: State::Open,
                reason: "failures",
                count: trips,
            }],
            open_time: Duration::from_secs(open),
            durations: None,
        }
    }

    #[test]
    fn what_a_breaker_leaves_stays_in_the_sum() {
        let retired = RetiredCounts::default();
        let sum = |existing: Vec<Counts>| {
            let sum = retired.sum(existing.into_iter());
            (
                sum.totals.successes,
                sum.transitions[0].count,
                sum.open_time.as_secs(),
            )
        };
        assert_eq!(sum(vec![counts(1, 2, 3), counts(10, 20, 30)]), (11, 22, 33));
        assert_eq!(
            sum(vec![counts(10, 20, 30)]),
            (11, 22, 33),
            "it is being dropped, and has not left its counts yet"
        );
        retired.add(&counts(2, 2, 3));
        assert_eq!(sum(vec![counts(10, 20, 30)]), (12, 22, 33));
    }
}
