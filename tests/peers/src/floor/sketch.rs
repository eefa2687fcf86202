//! One state word, and what each scenario needs beside it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use super::{
    stripes::{Count, Stripes},
    windows::{Buckets, InexactRing, Ring},
};
use crate::{
    call::{Load, Polled, Seen, serve},
    scenario::{LONG, Scenario, closed},
};

const FAILURES: u64 = (1 << 21) - 1;
const STATE: u64 = 0b11 << 21;
const OPEN: u64 = 1 << 21;
const HALF_OPEN: u64 = 2 << 21;
const GENERATION: u64 = 1 << 25;

/// A state word, its deadline and the totals.
struct Sketch<W> {
    word: AtomicU64,
    deadline: AtomicU64,
    start: Instant,
    totals: Stripes,
    window: W,
}

/// What a window does with an ended call.
trait Window: Send + Sync + 'static {
    /// Counts a call. Returns whether it trips the breaker.
    fn count(&self, failed: bool, start: Instant) -> bool;
}

/// Consecutive failures and failure times: a success writes nothing.
struct Nothing;

impl Window for Nothing {
    #[inline]
    fn count(&self, failed: bool, _: Instant) -> bool {
        failed
    }
}

impl Window for Buckets {
    #[inline]
    fn count(&self, _: bool, start: Instant) -> bool {
        Self::count(self, nanos_since(start))
    }
}

impl Window for Ring {
    #[inline]
    fn count(&self, failed: bool, _: Instant) -> bool {
        if !failed && self.is_all_healthy() {
            false
        } else {
            Self::count(self, failed)
        }
    }
}

impl Window for InexactRing {
    #[inline]
    fn count(&self, failed: bool, _: Instant) -> bool {
        Self::count(self, failed)
    }
}

pub(super) fn bare(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Consecutive | Scenario::Open => of::<_, false>(scenario, Nothing),
        _ => None,
    }
}

pub(super) fn counting(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::Consecutive | Scenario::Open | Scenario::FailuresInTime | Scenario::Cycle => {
            of::<_, true>(scenario, Nothing)
        }
        // The sketch itself is the same whatever it protects.
        Scenario::Realistic
        | Scenario::Yielding
        | Scenario::Blocking
        | Scenario::Keyed
        | Scenario::CycleSubscribed => None,
        Scenario::RateOfTime => of::<_, true>(scenario, Buckets::default()),
        Scenario::RateOfCalls | Scenario::RateOfCallsFailing => of::<_, true>(scenario, Ring::new()),
    }
}

pub(super) fn inexact(scenario: Scenario) -> Option<Box<dyn Load>> {
    match scenario {
        Scenario::RateOfCallsFailing => of::<_, true>(scenario, InexactRing::default()),
        _ => None,
    }
}

fn of<W: Window, const TOTALS: bool>(scenario: Scenario, window: W) -> Option<Box<dyn Load>> {
    let (word, deadline) = match scenario {
        Scenario::Open => (OPEN, u64::try_from(LONG.as_nanos()).unwrap_or(u64::MAX)),
        _ => (0, 0),
    };
    let sketch = Sketch {
        word: AtomicU64::new(word),
        deadline: AtomicU64::new(deadline),
        start: Instant::now(),
        totals: Stripes::new(),
        window,
    };
    closed(Polled(async move |fails| {
        let Some(word) = sketch.admit() else {
            sketch.total::<TOTALS>(Count::Rejected);
            return Seen::Rejected;
        };
        let result = serve(fails).await;
        if result.is_ok() {
            sketch.success(word);
            sketch.total::<TOTALS>(Count::Answered);
        } else {
            sketch.failure(word);
            sketch.total::<TOTALS>(Count::Failed);
        }
        Seen::from(result)
    }))
}

impl<W: Window> Sketch<W> {
    /// Returns the word of the admission, or `None` for a rejection.
    #[inline]
    fn admit(&self) -> Option<u64> {
        // Acquire: the thread that acts on a change sees what was written before it.
        let word = self.word.load(Ordering::Acquire);
        if word & STATE == 0 {
            return Some(word);
        }
        let now = nanos_since(self.start);
        if now < self.deadline.load(Ordering::Acquire) {
            return None;
        }
        let next = ((word & !(STATE | FAILURES)) + GENERATION) | HALF_OPEN;
        self.change(word, next).then_some(next)
    }

    #[inline]
    fn success(&self, admitted: u64) {
        let word = self.word.load(Ordering::Acquire);
        if word / GENERATION != admitted / GENERATION {
            return;
        }
        if word & STATE == HALF_OPEN {
            self.change(word, (word & !STATE) + GENERATION);
        } else if !self.window.count(false, self.start) && word & FAILURES != 0 {
            self.change(word, word & !FAILURES);
        }
    }

    #[inline]
    fn failure(&self, admitted: u64) {
        let word = self.word.load(Ordering::Acquire);
        if word / GENERATION == admitted / GENERATION && self.window.count(true, self.start) {
            // The shortest cooldown: over at the next reading of the clock.
            self.deadline
                .store(nanos_since(self.start) + 1, Ordering::Release);
            self.change(word, (word + GENERATION) | OPEN);
        }
    }

    fn change(&self, from: u64, to: u64) -> bool {
        // AcqRel: publishes the change, and orders it after the one before.
        self.word
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    #[inline]
    fn total<const TOTALS: bool>(&self, count: Count) {
        if TOTALS {
            self.totals.add(count);
        }
    }
}

/// Counts nanoseconds in 64 bits.
///
/// `as_nanos` takes 128, which costs measurable time.
#[inline]
fn nanos_since(start: Instant) -> u64 {
    let elapsed = start.elapsed();
    elapsed.as_secs() * 1_000_000_000 + u64::from(elapsed.subsec_nanos())
}
