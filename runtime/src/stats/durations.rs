//! A histogram of call durations, counted without a shared write.

use std::time::Duration;

use crate::{
    config::Rate,
    stats::striped::{assign_stripe, stripe_count, stripe_index},
    sync::{AtomicU64, Ordering},
};

/// Buckets per power of two.
///
/// The middle of a bucket is at most 1/32 = 3.1 % away from each value in it.
const STEPS: u64 = 16;
const STEP_BITS: u32 = STEPS.trailing_zeros();
/// Durations below 16 µs have one bucket per microsecond.
///
/// Then come 28 powers of two, up to 2^32 µs (71 minutes).
const OCTAVES: u64 = 28;
#[allow(clippy::cast_possible_truncation, reason = "464")]
const BUCKETS: usize = (STEPS * (OCTAVES + 1)) as usize;
/// The longest duration that has a bucket of its own: one hour.
///
/// A longer one counts as one hour.
const LONGEST_MICROS: u64 = 3_600_000_000;

/// Durations of calls in log-linear buckets, from 1 µs to 1 hour.
///
/// ```text
/// relative error   at most 1/32 = 3.1 %, for durations of 16 µs and more; 1 µs below
/// memory           464 buckets × 8 bytes = 3,712 bytes per stripe
/// stripes          the cores, within 4 and 32, and one more
/// ```
///
/// Buckets have 64 bits: with 32 a busy thread would fill one within hours.
pub(crate) struct Histogram {
    /// One stripe for each thread that owns one.
    owned: Box<[HistogramStripe]>,
    /// The stripe of all other threads.
    shared: HistogramStripe,
}

struct HistogramStripe {
    buckets: Box<[AtomicU64]>,
    /// The sum of all durations, in microseconds.
    micros: AtomicU64,
    longest_micros: AtomicU64,
}

/// The durations of the calls of one outcome, as one value.
///
/// Percentiles are at most 3.1 % away from the true ones, and none is longer than
/// [`max`](Self::max).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Durations {
    counts: Box<[u64]>,
    calls: u64,
    sum: Duration,
    max: Duration,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self {
            owned: (0..stripe_count()).map(|_| HistogramStripe::new()).collect(),
            shared: HistogramStripe::new(),
        }
    }

    /// Counts one call.
    pub(crate) fn record(&self, duration: Duration) {
        let micros = micros(duration);
        let stripe = match self.owned.get(stripe_index()) {
            Some(stripe) => Some(stripe),
            None => self.owned.get(assign_stripe()),
        };
        match stripe {
            Some(stripe) => stripe.add_owned(micros),
            None => self.shared.add_shared(micros),
        }
    }

    /// Sums the stripes. While calls run, the sum is not atomic as a whole.
    pub(crate) fn read(&self) -> Durations {
        let mut counts = vec![0; BUCKETS].into_boxed_slice();
        let (mut sum, mut longest) = (0_u64, 0);
        for stripe in self.owned.iter().chain([&self.shared]) {
            for (count, bucket) in counts.iter_mut().zip(&stripe.buckets) {
                // Relaxed, here and below: a statistic orders nothing.
                *count += bucket.load(Ordering::Relaxed);
            }
            sum = sum.saturating_add(stripe.micros.load(Ordering::Relaxed));
            longest = longest.max(stripe.longest_micros.load(Ordering::Relaxed));
        }
        Durations {
            calls: counts.iter().sum(),
            counts,
            sum: Duration::from_micros(sum),
            max: Duration::from_micros(longest),
        }
    }
}

impl HistogramStripe {
    fn new() -> Self {
        Self {
            buckets: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
            micros: AtomicU64::new(0),
            longest_micros: AtomicU64::new(0),
        }
    }

    /// Counts one call of the thread that owns this stripe, with plain loads and
    /// stores.
    fn add_owned(&self, micros: u64) {
        // Relaxed, and no read-modify-write: the owning thread alone writes these cells.
        let add = |cell: &AtomicU64, amount: u64| {
            cell.store(
                cell.load(Ordering::Relaxed).wrapping_add(amount),
                Ordering::Relaxed,
            );
        };
        add(&self.buckets[index_of(micros)], 1);
        add(&self.micros, micros);
        if self.longest_micros.load(Ordering::Relaxed) < micros {
            self.longest_micros.store(micros, Ordering::Relaxed);
        }
    }

    /// Counts one call of a thread that owns no stripe.
    fn add_shared(&self, micros: u64) {
        // Relaxed: a statistic orders nothing.
        self.buckets[index_of(micros)].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        self.longest_micros.fetch_max(micros, Ordering::Relaxed);
    }
}

impl Durations {
    /// Returns the durations of both.
    pub(crate) fn merged_with(&self, other: &Self) -> Self {
        self.combined_with(other, u64::saturating_add, Duration::saturating_add)
    }

    /// Combines the number of calls in each bucket, and the sum of all durations.
    pub(super) fn combined_with(
        &self,
        other: &Self,
        numbers: fn(u64, u64) -> u64,
        times: fn(Duration, Duration) -> Duration,
    ) -> Self {
        let pairs = self.counts.iter().zip(&other.counts);
        let counts: Box<[u64]> = pairs.map(|(own, other)| numbers(*own, *other)).collect();
        Self {
            calls: counts.iter().sum(),
            counts,
            sum: times(self.sum, other.sum),
            max: self.max.max(other.max),
        }
    }

    /// Returns the calls that are not in `earlier`, with a duration for each.
    #[cfg_attr(
        not(feature = "metrics"),
        allow(dead_code, reason = "feeds the histograms of a recorder")
    )]
    pub(crate) fn since(&self, earlier: Option<&Self>) -> impl Iterator<Item = (Duration, u64)> {
        let earlier = move |bucket: usize| earlier.map_or(0, |earlier| earlier.counts[bucket]);
        let calls = self.counts.iter().enumerate();
        calls
            .map(move |(bucket, calls)| (bucket, calls.saturating_sub(earlier(bucket))))
            .filter(|(_, calls)| *calls > 0)
            .map(|(bucket, calls)| (Duration::from_micros(middle_of(bucket)).min(self.max), calls))
    }

    /// Returns the number of calls.
    pub const fn calls(&self) -> u64 {
        self.calls
    }

    /// Returns the sum of all durations.
    pub const fn sum(&self) -> Duration {
        self.sum
    }

    /// Returns the longest duration, exact to the microsecond up to one hour.
    pub const fn max(&self) -> Duration {
        self.max
    }

    /// Returns the duration that this part of the calls did not exceed.
    ///
    /// `0.99` gives p99. `None` without calls. A part outside 0 to 1 counts as the nearer of the
    /// two.
    pub fn percentile(&self, part: f64) -> Option<Duration> {
        if self.calls == 0 {
            return None;
        }
        // In millionths: `0.07 * 100.0` is more than 7 in floating point.
        let part = u128::from(Rate::new(part.clamp(0.0, 1.0)).millionths());
        let rank = (u128::from(self.calls) * part).div_ceil(1_000_000).max(1);
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += u128::from(*count);
            seen >= rank
        })?;
        Some(Duration::from_micros(middle_of(bucket)).min(self.max))
    }

    /// Returns the number of calls up to this duration, to within one bucket.
    pub fn calls_within(&self, duration: Duration) -> u64 {
        let last = index_of(micros(duration));
        self.counts[..=last].iter().sum()
    }
}

/// Converts a duration into whole microseconds, rounded up: no call takes no
/// time.
fn micros(duration: Duration) -> u64 {
    let micros = duration.as_nanos().div_ceil(1_000).max(1);
    u64::try_from(micros).unwrap_or(u64::MAX).min(LONGEST_MICROS)
}

/// Returns the bucket of a duration in microseconds.
///
/// ```text
/// value        bucket
/// 0..16        value
/// 16..32       16 + (value - 16)
/// 2^n..2^n+1   16 × (n - 3) + the four bits below the highest one
/// ```
#[allow(clippy::cast_possible_truncation, reason = "below the number of buckets")]
const fn index_of(micros: u64) -> usize {
    if micros < STEPS {
        return micros as usize;
    }
    let octave = micros.ilog2() - STEP_BITS;
    let step = (micros >> octave) - STEPS;
    (STEPS * (octave as u64 + 1) + step) as usize
}

/// Returns the middle of a bucket, in microseconds.
const fn middle_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < STEPS {
        return bucket;
    }
    let octave = bucket / STEPS - 1;
    let low = (STEPS + bucket % STEPS) << octave;
    low + ((1 << octave) / 2)
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_duration_up_to_one_hour_has_a_bucket() {
        assert!(index_of(LONGEST_MICROS) < BUCKETS);
        for bucket in 0..=index_of(LONGEST_MICROS) {
            assert_eq!(index_of(middle_of(bucket)), bucket);
        }
    }

    #[test]
    fn nothing_recorded_has_no_percentile() {
        assert_eq!(Histogram::new().read().percentile(0.5), None);
    }

    #[test]
    fn a_duration_beyond_one_hour_counts_as_one_hour() {
        let histogram = Histogram::new();
        histogram.record(Duration::from_secs(100_000));
        assert_eq!(histogram.read().max(), Duration::from_secs(3_600));
    }

    #[test]
    fn calls_of_all_threads_are_summed() {
        let histogram = Histogram::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..1_000).for_each(|n| histogram.record(Duration::from_micros(n))));
            }
        });
        let durations = histogram.read();
        assert_eq!(durations.calls(), 8_000);
        assert_eq!(durations.max(), Duration::from_micros(999));
        assert_eq!(
            durations.calls_within(Duration::from_micros(15)),
            8 * 16,
            "0 counts as 1 µs"
        );
    }

    proptest! {
        #[test]
        fn a_percentile_is_within_one_32nd_of_the_true_one(
            mut durations in prop::collection::vec(16_u64..LONGEST_MICROS, 1..300),
            percent in 1_usize..=100,
        ) {
            let histogram = Histogram::new();
            for micros in &durations {
                histogram.record(Duration::from_micros(*micros));
            }
            durations.sort_unstable();
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            let part = percent as f64 / 100.0;
            let read = histogram.read();
            let rank = (percent * durations.len()).div_ceil(100).max(1);
            let (truth, found) = (durations[rank - 1], read.percentile(part).expect("calls"));
            #[allow(clippy::cast_precision_loss, reason = "at most an hour in microseconds")]
            let error = (found.as_micros() as f64 - truth as f64).abs() / truth as f64;
            prop_assert!(error <= 1.0 / 32.0, "{found:?} for {truth} µs");
            prop_assert_eq!(read.calls(), durations.len() as u64);
        }
    }
}
