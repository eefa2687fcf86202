//! Disease 8: memory or cost that grows.
//!
//! It excludes the designs that keep a record per call (a list of timestamps that is trimmed by age, a map of generations, an event
//! per call): they grow with traffic, with failures or with the age of the process. Here everything is allocated when the breaker is
//! built, so after 1,000,000 calls and 10,000 trip cycles not one byte more is alive, and a call costs what it cost before.
//!
//! A test binary of its own, because it counts the allocations of the whole process.

use std::alloc::System;
use std::time::{Duration, Instant};

use fusebox::{Builder, CircuitBreaker, ManualClock, State, Threshold, Window};
use fusebox_tests::stage::{breaker, millis, secs};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: u64 = 1_000_000;
const CYCLES: u64 = 10_000;
const BATCHES: u64 = 20;

type Set = fn(Builder) -> Builder;

const WINDOWS: [(&str, Set); 5] = [
    ("failures in a row", |b| b.threshold(Threshold::failures(5))),
    ("failures within a time", |b| {
        b.threshold(Threshold::failures(5)).window(Window::time(secs(10)))
    }),
    ("failures of the last calls", |b| {
        b.threshold(Threshold::failures(5)).window(Window::calls(100))
    }),
    ("a share of the last calls", |b| {
        b.threshold(Threshold::rate(0.5)).window(Window::calls(100))
    }),
    ("a share of a time", |b| {
        b.threshold(Threshold::rate(0.5)).window(Window::time(secs(10)))
    }),
];

/// One test, so that nothing else allocates meanwhile.
#[test]
fn memory_and_cost_stay_flat() {
    for (name, window) in WINDOWS {
        let (breaker, clock) = breaker(|b| window(b).cooldown(secs(1)).slow_call(secs(5)));
        // What is lazy is made by the first of everything.
        calls(&breaker, &clock, 1_000);
        cycles(&breaker, &clock, 10);

        let region = Region::new(ALLOCATOR);
        let batches: Vec<Duration> = (0..BATCHES)
            .map(|_| timed(|| calls(&breaker, &clock, CALLS / BATCHES)))
            .collect();
        cycles(&breaker, &clock, CYCLES);
        let after_cycles = timed(|| calls(&breaker, &clock, CALLS / BATCHES));
        drop((batches.clone(), breaker.snapshot()));
        let kept = std::mem::size_of_val(&*batches);
        let change = region.change();
        let live = change.bytes_allocated - change.bytes_deallocated;
        assert_eq!(live, kept, "{name}: bytes alive that were not before");

        let (early, late) = (best(&batches[..5]), best(&batches[15..]).min(after_cycles));
        println!("{name}: {live} bytes more alive, a batch took {early:?} at first and {late:?} at last");
        assert!(
            late < early * 3,
            "{name}: a call costs more and more, {early:?} → {late:?}"
        );
        assert_eq!(breaker.state(), State::Closed);
    }
}

/// Calls of every kind that do not trip.
fn calls(breaker: &CircuitBreaker, clock: &ManualClock, number: u64) {
    for call in 0..number {
        let permit = breaker.try_acquire().expect("closed");
        match call % 100 {
            7 => permit.failure(),
            8 => permit.ignore(),
            9 => drop(permit),
            _ => permit.success(),
        }
        clock.advance(millis(u64::from(call % 100 == 0) * 3_000));
    }
}

/// From Closed to Open, `HalfOpen`, Open again, and back to Closed.
fn cycles(breaker: &CircuitBreaker, clock: &ManualClock, number: u64) {
    for _ in 0..number {
        while let Ok(permit) = breaker.try_acquire() {
            permit.failure();
        }
        clock.advance(secs(1));
        breaker.try_acquire().expect("a trial").failure();
        clock.advance(secs(1));
        breaker.try_acquire().expect("a trial").success();
    }
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn best(batches: &[Duration]) -> Duration {
    batches.iter().copied().min().expect("some batches")
}
