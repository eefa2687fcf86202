//! Memory and the cost of a call do not grow over 1,000,000 calls.
//!
//! This excludes designs that keep a record per call: a list of timestamps that is trimmed by age,
//! a map of generations, an event per call. They grow with traffic, with failures or with the age
//! of the process.
//!
//! A test binary of its own, because it counts the allocations of the whole process.

use std::alloc::System;
use std::time::{Duration, Instant};

use fusebox::{CircuitBreaker, State, testing::ManualClock};
use fusebox_tests::stage::{WINDOWS, breaker, millis, secs};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: u64 = 1_000_000;
const CYCLES: u64 = 10_000;
/// Short batches, so that nothing interrupts the best of a hundred.
const BATCHES: u64 = 400;

/// One test, so that nothing else allocates meanwhile.
#[test]
fn memory_and_cost_stay_flat() {
    for (name, window) in WINDOWS {
        let (breaker, clock) = breaker(|b| window(b).cooldown(secs(1)).slow_call(secs(5)));
        // What is lazy is made by the first of everything.
        calls(&breaker, &clock, 1_000);
        cycles(&breaker, &clock, 10);
        // The thread that waits for this test allocates once, at some time. What grows, grows every
        // time.
        let growth: Vec<_> = (0..3).map(|_| grown_by_a_life(name, &breaker, &clock)).collect();
        assert!(
            growth.contains(&0),
            "{name}: bytes alive that were not before: {growth:?}"
        );
        assert_eq!(breaker.state(), State::Closed);
    }
}

/// Returns the bytes that a life of calls and trips leaves allocated.
fn grown_by_a_life(name: &str, breaker: &CircuitBreaker, clock: &ManualClock) -> usize {
    let region = Region::new(ALLOCATOR);
    let best = |batches: u64| {
        let batches = (0..batches).map(|_| timed(|| calls(breaker, clock, CALLS / BATCHES)));
        batches.min().expect("some batches")
    };
    let quarter = BATCHES / 4;
    let (early, _, late) = (best(quarter), best(quarter * 2), best(quarter));
    cycles(breaker, clock, CYCLES);
    let after_cycles = best(quarter);
    let _ = breaker.snapshot();
    let change = region.change();

    println!("{name}: a batch took {early:?} at first, {late:?} at last, {after_cycles:?} after the cycles");
    assert!(
        late.max(after_cycles) < early * 3,
        "{name}: a call costs more and more, {early:?} → {late:?}, {after_cycles:?} after the cycles"
    );
    change.bytes_allocated.abs_diff(change.bytes_deallocated)
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
