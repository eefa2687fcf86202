//! Every window against its naive twin: a vector of all calls, judged from the definition.

use std::time::Duration;

use proptest::prelude::*;

use crate::window::{Sample, Successful, Window};
use crate::{
    clock::Timestamp,
    config::{Rate, Settings, Threshold, Window as Setting},
    state::Reason,
    state::rules::{Limits, Tally, verdict},
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
        1 => (0_u64..400).prop_map(Step::Rewind),
        1 => Just(Step::Renew),
        1 => Just(Step::Clear),
    ];
    proptest::collection::vec(step, 0..if cfg!(miri) { 30 } else { 120 })
}

/// A call that the twin remembers.
#[derive(Clone, Copy)]
struct Remembered {
    stamp: u64,
    slice: u64,
    sample: Sample,
}

/// Remembers everything.
struct Twin {
    settings: Settings,
    calls: Vec<Remembered>,
    newest_failure: u64,
    newest_slice: u64,
}

impl Twin {
    fn new(settings: Settings) -> Self {
        Self {
            settings,
            calls: Vec::new(),
            newest_failure: 0,
            newest_slice: 0,
        }
    }

    /// For the next generation: it forgets all but how late it has been.
    fn fresh(&self) -> Self {
        Self {
            newest_failure: self.newest_failure,
            ..Self::new(self.settings)
        }
    }

    fn slice(&self, now: u64) -> u64 {
        let length = self
            .settings
            .window()
            .and_then(Setting::as_time)
            .map_or(1, crate::clock::nanos);
        now / length.div_ceil(10)
    }

    fn record(&mut self, sample: Sample, now: u64) -> Option<Reason> {
        self.newest_slice = self.newest_slice.max(self.slice(now));
        if sample.failed {
            self.newest_failure = self.newest_failure.max(now);
        }
        self.calls.push(Remembered {
            stamp: self.newest_failure,
            slice: self.newest_slice,
            sample,
        });
        let forgets = self.settings.threshold().as_failures().is_some()
            && self.settings.window().and_then(Setting::as_time).is_some();
        let tally = if forgets {
            // Failures by their stamps, slow calls by their slices; a success judges no failures.
            let failures = if sample.failed {
                self.young_failures(self.newest_failure)
            } else {
                0
            };
            let slices = self.in_slices(self.newest_slice);
            Tally { failures, ..slices }
        } else {
            self.tally()
        };
        verdict(Limits::of(&self.settings), tally)
    }

    fn young_failures(&self, now: u64) -> u64 {
        let length = self
            .settings
            .window()
            .and_then(Setting::as_time)
            .map_or(0, crate::clock::nanos);
        self.calls
            .iter()
            .filter(|call| call.sample.failed && now - call.stamp < length)
            .count() as u64
    }

    fn in_slices(&self, slice: u64) -> Tally {
        sum(self.calls.iter().filter(|call| call.slice + 10 > slice))
    }

    fn tally(&self) -> Tally {
        match self
            .settings
            .window()
            .map(|window| (window.as_calls(), window.as_time()))
        {
            Some((Some(calls), _)) => sum(self.calls.iter().rev().take(calls as usize)),
            _ => self.in_slices(self.newest_slice),
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

/// Runs both and compares every verdict. A trip starts a new generation, as it does in a breaker.
fn compare(settings: Settings, steps: &[Step]) {
    let judges_slow = settings.slow_threshold().is_some();
    let window = Window::new(&settings);
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
                    window.count_success(generation, &clock, || limits.minimum_calls)
                } else {
                    Successful::NotCounted
                };
                let got = match short {
                    Successful::Counted => None,
                    Successful::CountedInTrouble(tally) => verdict(limits, tally),
                    Successful::NotCounted => window.record(generation, sample, &clock, limits),
                };
                let want = twin.record(sample, now);
                assert_eq!(got.is_some(), want.is_some(), "{got:?} against {want:?}");
                if want.is_some() {
                    generation += 1;
                    twin = twin.fresh();
                }
                if generation > 0 {
                    let late = window.record(generation - 1, sample, &|| Timestamp::from_nanos(now), limits);
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
                twin = twin.fresh();
            }
            Step::Clear => {
                window.clear();
                twin.calls.clear();
            }
        }
    }
}

const T: Duration = Duration::from_micros(1);

fn settings(threshold: Threshold, window: Setting) -> Settings {
    Settings::DEFAULT.with_threshold(threshold).with_window(window)
}

/// With slow calls judged apart as well.
fn with_slow(settings: Settings, share: f64) -> Settings {
    settings
        .with_slow_call(Duration::from_secs(1))
        .with_slow_threshold(Rate::new(share))
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
    fn calls_with_a_share_equal_their_twin(
        share in 0.01_f64..1.0, size in 1_u32..70, minimum in 1_u32..70, steps in steps(),
    ) {
        let settings = settings(Threshold::rate(share), Setting::calls(size));
        compare(settings.with_minimum_calls(minimum.min(size)), &steps);
    }

    #[test]
    fn calls_with_slow_calls_equal_their_twin(share in 0.01_f64..1.0, size in 1_u32..70, steps in steps()) {
        compare(with_slow(settings(Threshold::rate(share), Setting::calls(size)), share), &steps);
    }

    #[test]
    fn time_slices_equal_their_twin(share in 0.01_f64..1.0, minimum in 1_u32..30, steps in steps()) {
        let settings = settings(Threshold::rate(share), Setting::time(T));
        compare(settings.with_minimum_calls(minimum), &steps);
    }

    #[test]
    fn time_slices_with_slow_calls_equal_their_twin(share in 0.01_f64..1.0, steps in steps()) {
        compare(with_slow(settings(Threshold::rate(share), Setting::time(T)), share), &steps);
    }

    #[test]
    fn failure_times_with_slow_calls_equal_their_twin(threshold in 1_u32..8, share in 0.01_f64..1.0, steps in steps()) {
        compare(with_slow(settings(Threshold::failures(threshold), Setting::time(T)), share), &steps);
    }
}

#[test]
fn a_window_of_t_at_now_is_open_at_its_old_end() {
    let settings = settings(Threshold::failures(2), Setting::time(T));
    let failure = Sample {
        failed: true,
        slow: false,
    };
    for (gap, trips) in [(999, true), (1000, false)] {
        let window = Window::new(&settings);
        let record = |now| window.record(0, failure, &|| Timestamp::from_nanos(now), Limits::of(&settings));
        assert_eq!(record(5000), None);
        assert_eq!(record(5000 + gap).is_some(), trips, "{gap} ns later");
    }
}

#[test]
fn a_success_in_a_full_ring_of_calls_is_counted_without_its_lock() {
    let settings = settings(Threshold::failures(2), Setting::calls(4));
    let window = Window::new(&settings);
    let record = |failed| {
        let sample = Sample { failed, slow: false };
        window.record(0, sample, &|| Timestamp::from_nanos(0), Limits::of(&settings))
    };
    let succeeds = |generation| {
        window.count_success(generation, &|| Timestamp::from_nanos(0), || 1) == Successful::Counted
    };
    let failures = || window.counts(0, Timestamp::from_nanos(0)).failures;
    for _ in 0..4 {
        assert!(!succeeds(0), "until it is full");
        assert_eq!(record(false), None);
    }
    assert!(succeeds(0));
    assert!(!succeeds(1), "of this generation only");
    assert_eq!(record(true), None);
    for left in [1, 1, 1, 0] {
        assert!(succeeds(0));
        assert_eq!(failures(), left, "the fourth takes the place of the failure");
    }
    for _ in 0..40_000 {
        assert!(succeeds(0) || record(false).is_none());
    }
    assert_eq!(record(true), None);
    for _ in 0..4 {
        assert!(succeeds(0), "as many as there are places");
    }
    assert!(!succeeds(0), "then it is looked at again");
}
