//! The calls of the last five minutes, one sample a second.

use serde::Serialize;

/// How many seconds are kept.
pub(super) const SECONDS: usize = 300;
/// How many seconds one point of the sparkline stands for.
pub(super) const SECONDS_PER_POINT: u64 = 5;
/// Over how many seconds a rate is averaged, so that the number can be read.
const RATE_SECONDS: u64 = 5;

/// Calls that were answered, that failed, and that the breaker rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Calls {
    pub(super) answered: u64,
    pub(super) failed: u64,
    pub(super) rejected: u64,
}

/// The calls of each of the last [`SECONDS`] seconds.
///
/// ```text
/// 12 × SECONDS bytes      3,600 bytes for a breaker that had a call within the last 5 minutes
/// 0                       for every other breaker
/// ```
#[derive(Debug)]
pub(super) struct Samples {
    totals: Calls,
    first: u64,
    newest: u64,
    last_active: u64,
    ring: Option<Box<[SecondOfCalls; SECONDS]>>,
}

/// The calls of one second: answered, failed, rejected.
type SecondOfCalls = [u32; 3];

/// Samples as columns, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Columns {
    answered: Vec<u32>,
    failed: Vec<u32>,
    rejected: Vec<u32>,
}

impl Samples {
    /// Starts to sample a breaker that has these totals at this second.
    pub(super) const fn new(second: u64, totals: Calls) -> Self {
        Self {
            totals,
            first: second,
            newest: second,
            last_active: second,
            ring: None,
        }
    }

    /// Takes the totals of the next second.
    pub(super) fn push(&mut self, second: u64, totals: Calls) {
        let sample = totals.since(self.totals);
        self.totals = totals;
        self.newest = second;
        if sample != SecondOfCalls::default() {
            self.last_active = second;
        } else if second - self.last_active >= SECONDS as u64 {
            self.ring = None;
        }
        if self.last_active == second || self.ring.is_some() {
            self.ring
                .get_or_insert_with(|| Box::new([SecondOfCalls::default(); SECONDS]))[slot(second)] = sample;
        }
    }

    /// Returns the sample of a second; zero if it is not kept.
    fn at(&self, second: u64) -> SecondOfCalls {
        let is_kept = second > self.first && second <= self.newest && self.newest - second < SECONDS as u64;
        let ring = self.ring.as_ref().filter(|_| is_kept);
        ring.map_or_else(SecondOfCalls::default, |ring| ring[slot(second)])
    }

    /// Calls per second, and rejected ones among them.
    pub(super) fn rates(&self) -> (f64, f64) {
        let seconds = RATE_SECONDS.min(self.newest - self.first);
        if seconds == 0 {
            return (0.0, 0.0);
        }
        let samples = (0..seconds).map(|ago| self.at(self.newest - ago));
        let (all, rejected) = samples.fold((0, 0), |(all, rejected), sample| {
            (all + total(sample), rejected + u64::from(sample[2]))
        });
        #[allow(clippy::cast_precision_loss, reason = "numbers for people")]
        let rate = |calls: u64| calls as f64 / seconds as f64;
        (rate(all), rate(rejected))
    }

    /// Returns all samples, one for each second.
    pub(super) fn seconds(&self) -> Columns {
        let newest = self.newest;
        (0..SECONDS as u64)
            .rev()
            .map(|ago| {
                newest
                    .checked_sub(ago)
                    .map_or_else(SecondOfCalls::default, |second| self.at(second))
            })
            .collect()
    }

    /// Returns the sparkline: points of [`SECONDS_PER_POINT`] seconds each.
    ///
    /// The last point has the seconds that have passed.
    pub(super) fn points(&self) -> Option<Columns> {
        self.ring.as_ref()?;
        let newest = self.newest / SECONDS_PER_POINT;
        let points = SECONDS as u64 / SECONDS_PER_POINT;
        let point = |ago: u64| {
            newest
                .checked_sub(ago)
                .map_or_else(SecondOfCalls::default, |point| self.point(point))
        };
        Some((0..points).rev().map(point).collect())
    }

    fn point(&self, point: u64) -> SecondOfCalls {
        let first = point * SECONDS_PER_POINT;
        let seconds = first..first + SECONDS_PER_POINT;
        seconds
            .map(|second| self.at(second))
            .fold(SecondOfCalls::default(), |sum, sample| {
                [0, 1, 2].map(|part| sum[part].saturating_add(sample[part]))
            })
    }
}

impl Calls {
    /// Returns the calls since an earlier moment.
    fn since(self, earlier: Self) -> SecondOfCalls {
        let difference = |now: u64, then: u64| u32::try_from(now.saturating_sub(then)).unwrap_or(u32::MAX);
        [
            difference(self.answered, earlier.answered),
            difference(self.failed, earlier.failed),
            difference(self.rejected, earlier.rejected),
        ]
    }
}

impl FromIterator<SecondOfCalls> for Columns {
    fn from_iter<I: IntoIterator<Item = SecondOfCalls>>(samples: I) -> Self {
        let mut columns = Self::default();
        for [answered, failed, rejected] in samples {
            columns.answered.push(answered);
            columns.failed.push(failed);
            columns.rejected.push(rejected);
        }
        columns
    }
}

fn total(sample: SecondOfCalls) -> u64 {
    sample.into_iter().map(u64::from).sum()
}

#[allow(clippy::cast_possible_truncation, reason = "below 300")]
const fn slot(second: u64) -> usize {
    (second % SECONDS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(answered: u64, failed: u64, rejected: u64) -> Calls {
        Calls {
            answered,
            failed,
            rejected,
        }
    }

    #[test]
    fn totals_from_before_the_first_sample_are_not_a_sample() {
        let mut samples = Samples::new(10, calls(5_000, 7, 0));
        assert_eq!(samples.rates(), (0.0, 0.0));
        samples.push(11, calls(5_004, 8, 5));
        assert_eq!(samples.rates(), (10.0, 5.0));
        assert_eq!(samples.seconds().answered.last(), Some(&4));
        assert_eq!(samples.seconds().answered.iter().sum::<u32>(), 4);
    }

    #[test]
    fn a_rate_is_the_average_of_five_seconds() {
        let mut samples = Samples::new(0, calls(0, 0, 0));
        for second in 1..=10 {
            samples.push(second, calls(second * second, 0, 0));
        }
        assert_eq!(samples.rates(), (f64::from(100 - 25) / 5.0, 0.0));
    }

    #[test]
    fn five_minutes_are_kept_and_an_idle_breaker_keeps_nothing() {
        let mut samples = Samples::new(0, calls(0, 0, 0));
        assert_eq!(
            samples.points(),
            None,
            "nothing is allocated before the first call"
        );
        samples.push(1, calls(1, 0, 0));
        for second in 2..=300 {
            samples.push(second, calls(1, 0, 0));
        }
        assert_eq!(samples.seconds().answered[0], 1);
        samples.push(301, calls(1, 0, 0));
        assert_eq!(samples.seconds().answered.iter().sum::<u32>(), 0);
        assert_eq!(samples.points(), None, "the ring is freed");
    }

    #[test]
    fn a_point_is_the_sum_of_five_aligned_seconds() {
        let mut samples = Samples::new(0, calls(0, 0, 0));
        for second in 1..=12 {
            samples.push(second, calls(second, second, 0));
        }
        let points = samples.points().unwrap();
        assert_eq!(points.answered.len(), 60);
        assert_eq!(points.failed[57..], [4, 5, 3]);
    }
}
