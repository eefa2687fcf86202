//! The durations of the calls of a breaker, if it records them.

use std::time::Duration;

use crate::{
    stats::{Durations, durations::Histogram},
    sync::{AtomicU64, OnceLock, Ordering},
};

/// The durations of successes and failures.
///
/// It takes memory only once it is switched on.
pub(crate) struct LatencyRecorder {
    /// 1 if durations are recorded.
    is_on: AtomicU64,
    histograms: OnceLock<Box<Histograms>>,
}

struct Histograms {
    successes: Histogram,
    failures: Histogram,
}

/// The durations of calls, since a breaker records them.
///
/// Ignored and cancelled calls are not among them. Percentiles are at most 3.1 % away from the
/// true ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Latency {
    /// Half of the calls took at most this long. `None` before the first call.
    pub p50: Option<Duration>,
    /// 90 % of the calls took at most this long.
    pub p90: Option<Duration>,
    /// 99 % of the calls took at most this long.
    pub p99: Option<Duration>,
    /// The longest call, exact to the microsecond up to one hour.
    pub max: Option<Duration>,
    /// The durations of the calls that ended as a success.
    pub successes: Durations,
    /// The durations of the calls that ended as a failure.
    pub failures: Durations,
}

impl LatencyRecorder {
    pub(crate) fn new(is_on: bool) -> Self {
        let new = Self {
            is_on: AtomicU64::new(0),
            histograms: OnceLock::new(),
        };
        new.set(is_on);
        new
    }

    /// Begins or ends recording. The histograms stay when it ends.
    pub(crate) fn set(&self, is_on: bool) {
        if is_on {
            self.histograms.get_or_init(|| {
                Box::new(Histograms {
                    successes: Histogram::new(),
                    failures: Histogram::new(),
                })
            });
        }
        // Relaxed: `histograms` orders itself.
        self.is_on.store(is_on.into(), Ordering::Relaxed);
    }

    /// Returns whether durations are recorded.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        // Relaxed: a call that runs during a change may be recorded or not.
        self.is_on.load(Ordering::Relaxed) != 0
    }

    /// Records a call that succeeded or failed.
    pub(crate) fn record(&self, failed: bool, duration: Duration) {
        let Some(histograms) = self.histograms.get() else {
            return;
        };
        let histogram = if failed {
            &histograms.failures
        } else {
            &histograms.successes
        };
        histogram.record(duration);
    }

    /// Reads the histograms; `None` if they were never switched on.
    pub(crate) fn read(&self) -> Option<Latency> {
        self.durations()
            .map(|(successes, failures)| Latency::new(successes, failures))
    }

    /// Returns the durations of successes and of failures.
    pub(crate) fn durations(&self) -> Option<(Durations, Durations)> {
        let histograms = self.histograms.get()?;
        Some((histograms.successes.read(), histograms.failures.read()))
    }
}

impl Latency {
    pub(crate) fn new(successes: Durations, failures: Durations) -> Self {
        let all = successes.merged_with(&failures);
        Self {
            p50: all.percentile(0.5),
            p90: all.percentile(0.9),
            p99: all.percentile(0.99),
            max: (all.calls() > 0).then(|| all.max()),
            successes,
            failures,
        }
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_successes_and_failures_together() {
        let recorder = LatencyRecorder::new(false);
        recorder.record(false, Duration::from_millis(1));
        assert_eq!(recorder.read(), None, "it was not switched on");
        recorder.set(true);
        assert_eq!(recorder.read().and_then(|latency| latency.p99), None);
        (0..9).for_each(|_| recorder.record(false, Duration::from_micros(10)));
        recorder.record(true, Duration::from_secs(1));
        let latency = recorder.read().expect("switched on");
        assert_eq!(latency.p50, Some(Duration::from_micros(10)));
        let p99 = latency.p99.expect("calls").as_secs_f64();
        assert!((p99 - 1.0).abs() < 0.031, "{p99}");
        assert_eq!(latency.max, Some(Duration::from_secs(1)));
        assert_eq!((latency.successes.calls(), latency.failures.calls()), (9, 1));
    }
}
