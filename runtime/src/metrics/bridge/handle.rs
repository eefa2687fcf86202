//! One series of a recorder.

use ::metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata};

use crate::{
    metrics::family::{Family, FamilyKind, SampleValue},
    stats::Durations,
};

/// The handle of a series.
///
/// The recorder that was installed when it was resolved receives its values.
pub(super) enum Handle {
    Counter(Counter, RisingCount),
    Gauge(Gauge),
    /// With what was recorded so far.
    Histogram(Histogram, Option<Durations>),
}

/// The value of a counter that never falls.
#[derive(Default)]
pub(super) struct RisingCount {
    /// The last value of the breaker.
    last: u64,
    /// The last values of the breakers of the same key that were evicted.
    before: u64,
}

impl RisingCount {
    fn total(&mut self, value: u64) -> u64 {
        // A breaker that counts less than before is another one: its key was evicted and came back
        // since the last time.
        if value < self.last {
            self.retire();
        }
        self.last = value;
        self.before + value
    }

    const fn retire(&mut self) {
        self.before += self.last;
        self.last = 0;
    }
}

impl Handle {
    pub(super) fn resolve(family: &Family, labels: Vec<Label>) -> Self {
        let key = Key::from_parts(family.sample_name(), labels);
        let metadata = Metadata::new("fusebox", Level::INFO, Some(module_path!()));
        ::metrics::with_recorder(|recorder| match family.kind {
            FamilyKind::Counter => {
                Self::Counter(recorder.register_counter(&key, &metadata), RisingCount::default())
            }
            FamilyKind::Gauge => Self::Gauge(recorder.register_gauge(&key, &metadata)),
            FamilyKind::Histogram => Self::Histogram(recorder.register_histogram(&key, &metadata), None),
        })
    }

    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a counter of the facade takes whole numbers, a gauge takes floating point"
    )]
    pub(super) fn set(&mut self, value: SampleValue) {
        match (self, value) {
            (Self::Counter(counter, so_far), SampleValue::Whole(value)) => {
                counter.absolute(so_far.total(value));
            }
            (Self::Counter(counter, so_far), SampleValue::Float(value)) => {
                counter.absolute(so_far.total(value as u64));
            }
            (Self::Gauge(gauge), SampleValue::Whole(value)) => gauge.set(value as f64),
            (Self::Gauge(gauge), SampleValue::Float(value)) => gauge.set(value),
            (Self::Histogram(..), _) => {}
        }
    }

    /// Records the calls since the last time, each with the middle of its bucket.
    pub(super) fn record(&mut self, durations: &Durations) {
        let Self::Histogram(histogram, recorded) = self else {
            return;
        };
        for (duration, calls) in durations.since(recorded.as_ref()) {
            let calls = usize::try_from(calls).unwrap_or(usize::MAX);
            histogram.record_many(duration.as_secs_f64(), calls);
        }
        *recorded = Some(durations.clone());
    }

    /// Marks the breaker as gone. The next one of its key begins at zero.
    pub(super) fn retire(&mut self) {
        self.clear();
        if let Self::Counter(_, so_far) = self {
            so_far.retire();
        }
    }

    /// Marks a gauge as absent. A counter keeps its value.
    pub(super) fn clear(&self) {
        if let Self::Gauge(gauge) = self {
            gauge.set(f64::NAN);
        }
    }
}
