//! Every window against its naive twin: a vector of all calls, judged from the
//! definition.

use std::time::Duration;

use proptest::prelude::*;

use crate::{
    clock::Timestamp,
    config::{Rate, Settings, Threshold, Window as Setting},
    state::Reason,
    state::rules::{Limits, Tally, trip_reason},
    window::{Sample, Successful, WindowSlot},
};

/// One step of a sequence.
#[derive(Debug, Clone, Copy)]
enum Step {
    Call { failed: bool, slow: bool },
    Advance(u64),
    Rewind(u64),
    Renew,
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => (any::<bool>(), any::<bool>()).prop_map(|(failed, slow)| Step::Call { failed, slow }),
        8 => Just(Step::Call { failed: false, slow: false }),
        6 => (0_u64..400).prop_map(Step::Advance),
        1 => (0_u64..2_000).prop_map(Step::Advance),
        2 => (0_u64..400).prop_map(Step::Rewind),
        1 => (0_u64..5_000).prop_map(Step::Rewind),
        1 => Just(Step::Renew),
        1 => Just(Step::Clear),
    ];
    proptest::collection::vec(step, 0..if cfg!(miri) { 30 } else { 120 })
}

/// A call that the twin remembers.
#[derive(Clone, Copy)]
struct Remembered {
    stamp: u64,
    bucket: u64,
    sample: Sample,
}

/// Remembers everything.
struct Twin {
    settings: Settings,
    calls: Vec<Remembered>,
    /// Of the failures.
    stamps: Clock,
    /// Of the buckets.
    buckets: Clock,
}

/// The clock of a window: all that it has missed is added to what it reads.
#[derive(Default)]
struct Clock {
    newest: u64,
    missed: u64,
}

impl Clock {
    /// A reading that is more than a tenth of the window late is a step back, which
    /// takes no time.
    fn read(&mut self, now: u64, tenth: u64) -> u64 {
        let mut time = now + self.missed;
        if time + tenth < self.newest {
            self.missed += self.newest - time;
            time = self.newest;
        }
        self.newest = self.newest.max(time);
        self.newest
    }
}

impl Twin {
    fn new(settings: Settings) -> Self {
        Self {
            settings,
            calls: Vec::new(),
            stamps: Clock::default(),
            buckets: Clock::default(),
        }
    }

    fn length(&self) -> u64 {
        self.settings
            .window()
            .and_then(Setting::as_time)
            .map_or(10, crate::clock::nanos)
    }

    /// The length of a bucket, and how many make the window.
    fn buckets(&self) -> (u64, u64) {
        let length = self.length();
        if length < 10 {
            (1, length)
        } else {
            (length / 10, 10)
        }
    }

    fn judge(&mut self, sample: Sample, now: u64) -> Option<Reason> {
        let (length, (bucket_nanos, _)) = (self.length(), self.buckets());
        let time = self.buckets.read(now, bucket_nanos);
        self.buckets.newest = time / bucket_nanos * bucket_nanos;
        if sample.failed {
            self.stamps.read(now, length / 10);
        }
        self.calls.push(Remembered {
            stamp: self.stamps.newest,
            bucket: time / bucket_nanos,
            sample,
        });
        let forgets = self.settings.threshold().as_failures().is_some()
            && self.settings.window().and_then(Setting::as_time).is_some();
        let tally = if forgets {
            // Failures by their stamps, slow calls by their buckets; a success judges no failures.
            let failures = if sample.failed { self.young_failures() } else { 0 };
            Tally {
                failures,
                ..self.in_buckets()
            }
        } else {
            self.tally()
        };
        trip_reason(Limits::of(&self.settings), tally)
    }

    fn young_failures(&self) -> u64 {
        self.calls
            .iter()
            .filter(|call| call.sample.failed && self.stamps.newest - call.stamp < self.length())
            .count() as u64
    }

    fn in_buckets(&self) -> Tally {
        let (bucket_nanos, span) = self.buckets();
        let newest = self.buckets.newest / bucket_nanos;
        sum(self.calls.iter().filter(|call| newest - call.bucket < span))
    }

    fn tally(&self) -> Tally {
        match self.settings.window().and_then(Setting::as_calls) {
            Some(calls) => sum(self.calls.iter().rev().take(calls as usize)),
            None => self.in_buckets(),
        }
    }
}

fn sum<'a>(calls: impl Iterator<Item = &'a Remembered>) -> Tally {
    calls.fold(Tally::default(), |tally, call| Tally {
        calls: tally.calls + 1,
        failures: tally.failures + u64::from(call.sample.failed),
        slow: tally.slow + u64::from(call.sample.slow),
    })
}

/// Runs both and compares what each of them returns. A trip starts a new
/// generation, as it does in a breaker.
fn compare(settings: Settings, steps: &[Step]) {
    let judges_slow = settings.slow_threshold().is_some();
    let slot = WindowSlot::new(&settings);
    let window = slot.window().expect("not consecutive");
    let limits = Limits::of(&settings);
    let (mut twin, mut generation, mut now) = (Twin::new(settings), 0, 1_000_u64);
    for step in steps {
        match *step {
            Step::Call { failed, slow } => {
                let sample = Sample {
                    failed,
                    slow: slow && judges_slow,
                };
                let clock = || Timestamp::from_nanos(now);
                let short = if sample.is_healthy() {
                    slot.count_success(generation, &clock, || limits.minimum_calls)
                } else {
                    Successful::NotCounted
                };
                let got = match short {
                    Successful::Counted => None,
                    Successful::CountedAmongFailures(tally) => trip_reason(limits, tally),
                    Successful::NotCounted => window.judge(generation, sample, &clock, limits),
                };
                let want = twin.judge(sample, now);
                assert_eq!(got.is_some(), want.is_some(), "{got:?} against {want:?}");
                if want.is_some() {
                    generation += 1;
                    twin = Twin::new(settings);
                }
                if generation > 0 {
                    let late = window.judge(generation - 1, sample, &|| Timestamp::from_nanos(now), limits);
                    let is_newer_seen = twin.calls.is_empty();
                    assert!(
                        late.is_none() || is_newer_seen,
                        "what belongs to an older generation is passed over"
                    );
                }
            }
            Step::Advance(nanos) => now += nanos,
            Step::Rewind(nanos) => now = now.saturating_sub(nanos),
            Step::Renew => {
                generation += 1;
                twin = Twin::new(settings);
            }
            Step::Clear => {
                window.clear();
                twin = Twin::new(settings);
            }
        }
    }
}

const T: Duration = Duration::from_micros(1);

fn settings(threshold: Threshold, window: Setting) -> Settings {
    Settings::DEFAULT.with_threshold(threshold).with_window(window)
}

/// With slow calls judged apart as well.
fn with_slow(settings: Settings, rate: f64) -> Settings {
    settings
        .with_slow_call(Duration::from_secs(1))
        .with_slow_threshold(Rate::new(rate))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 1000 }))]

    #[test]
    fn failure_times_equal_their_twin(threshold in 1_u32..8, steps in steps()) {
        compare(settings(Threshold::failures(threshold), Setting::time(T)), &steps);
    }

    #[test]
    fn calls_with_a_number_equal_their_twin(threshold in 1_u32..8, more in 0_u32..70, steps in steps()) {
        compare(settings(Threshold::failures(threshold), Setting::calls(threshold + more)), &steps);
    }

    #[test]
    fn calls_with_a_rate_equal_their_twin(
        rate in 0.01_f64..1.0, size in 1_u32..70, minimum in 1_u32..70, steps in steps(),
    ) {
        let settings = settings(Threshold::rate(rate), Setting::calls(size));
        compare(settings.with_minimum_calls(minimum.min(size)), &steps);
    }

    #[test]
    fn calls_with_slow_calls_equal_their_twin(rate in 0.01_f64..1.0, size in 1_u32..70, steps in steps()) {
        compare(with_slow(settings(Threshold::rate(rate), Setting::calls(size)), rate), &steps);
    }

    #[test]
    fn time_buckets_equal_their_twin(rate in 0.01_f64..1.0, minimum in 1_u32..30, steps in steps()) {
        let settings = settings(Threshold::rate(rate), Setting::time(T));
        compare(settings.with_minimum_calls(minimum), &steps);
    }

    #[test]
    fn time_buckets_with_slow_calls_equal_their_twin(rate in 0.01_f64..1.0, steps in steps()) {
        compare(with_slow(settings(Threshold::rate(rate), Setting::time(T)), rate), &steps);
    }

    #[test]
    fn failure_times_with_slow_calls_equal_their_twin(threshold in 1_u32..8, rate in 0.01_f64..1.0, steps in steps()) {
        compare(with_slow(settings(Threshold::failures(threshold), Setting::time(T)), rate), &steps);
    }
}
