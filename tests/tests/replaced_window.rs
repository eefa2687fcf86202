//! Settings that change while calls run, the kind and the size of the window
//! too.
//!
//! A test binary of its own, because it counts the allocations of the whole process.

use std::{
    alloc::System,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use fusebox::{CircuitBreaker, Rate, Settings, State, Threshold, Window};
use fusebox_tests::stage::{breaker, fail, millis, secs, succeed};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// One test at a time, so that each counts its own allocations.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const CHANGES: usize = 1_000;

/// How many failures each thread makes in one generation.
const FAILURES: u64 = 8;
const THREADS: u64 = 8;

/// Every kind of window in several sizes. None trips: a thread succeeds between
/// two failures, so there are never nine failures without a success among them, and never a hundred
/// in one generation.
fn settings() -> Vec<Settings> {
    let failures = |n| Settings::DEFAULT.with_threshold(Threshold::failures(n));
    let all_of_nine = Settings::DEFAULT
        .with_threshold(Threshold::rate(1.0))
        .with_minimum_calls(9);
    let mut all = vec![failures(9), failures(1_000)];
    for size in [9, 100, 10_000] {
        all.push(all_of_nine.with_window(Window::calls(size)));
        all.push(failures(size).with_window(Window::calls(size)));
        all.push(all_of_nine.with_window(Window::time(secs(size.into()))));
        all.push(failures(100).with_window(Window::time(millis(size.into()))));
        let slow = failures(100)
            .with_slow_call(secs(1_000))
            .with_slow_threshold(Rate::new(0.5));
        all.push(slow.with_window(Window::time(secs(size.into()))));
    }
    all
}

/// The n-th settings, never equal to those before.
fn nth(all: &[Settings], n: usize) -> Settings {
    all[n % all.len()].with_cooldown(secs(1 + n as u64))
}

#[test]
fn threads_that_call_while_every_setting_changes_lose_nothing_and_never_trip_falsely() {
    let _guard = ONE_AT_A_TIME.lock();
    let (breaker, clock) = breaker(|b| b);
    let all = settings();
    let (done, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| call_until(&done, &breaker, &calls));
        }
        for n in 0..CHANGES {
            breaker.reconfigure(nth(&all, n)).expect("legal settings");
            clock.advance(millis(7));
            // So that every change comes among calls.
            let target = calls.load(Ordering::Relaxed) + 1;
            while calls.load(Ordering::Relaxed) < target {
                thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    let snapshot = breaker.snapshot();
    assert_eq!(breaker.state(), State::Closed, "no setting was reached");
    let totals = snapshot.totals;
    assert_eq!(totals.calls(), calls.load(Ordering::Relaxed), "{totals:?}");
    assert_eq!(snapshot.generation, CHANGES as u64);
}

/// Calls in turns of a success and a failure, and counts the calls.
fn call_until(done: &AtomicBool, breaker: &CircuitBreaker, calls: &AtomicU64) {
    let (mut generation, mut failures, mut fails) = (0, 0, false);
    while !done.load(Ordering::Relaxed) {
        for _ in 0..64 {
            let permit = breaker.try_acquire().expect("closed");
            if permit.generation() != generation {
                (generation, failures) = (permit.generation(), 0);
            }
            if fails && failures < FAILURES {
                permit.failure();
                failures += 1;
            } else {
                permit.success();
            }
            fails = !fails;
        }
        calls.fetch_add(64, Ordering::Relaxed);
        thread::yield_now();
    }
}

/// How many failures trip the breaker now.
fn failures_to_trip(breaker: &CircuitBreaker) -> u32 {
    let mut failures = 0;
    while breaker.state() == State::Closed {
        fail(breaker);
        failures += 1;
    }
    breaker.reset();
    failures
}

#[test]
fn a_replaced_window_starts_empty_and_judges_by_its_own_size() {
    let _guard = ONE_AT_A_TIME.lock();
    let (breaker, _clock) = breaker(|b| b);
    let failures = |n| Settings::DEFAULT.with_threshold(Threshold::failures(n));
    let all = Settings::DEFAULT.with_threshold(Threshold::rate(1.0));
    let time = Window::time(secs(10));
    let slow = failures(6)
        .with_slow_call(secs(1))
        .with_slow_threshold(Rate::new(1.0));
    let steps = [
        (failures(6), 6),
        (failures(3).with_window(Window::calls(3)), 3),
        (failures(7).with_window(Window::calls(9)), 7),
        (failures(4).with_window(time), 4),
        (failures(9).with_window(time), 9),
        (slow.with_window(time), 6),
        (all.with_window(time).with_minimum_calls(8), 8),
        (all.with_window(Window::calls(2)).with_minimum_calls(2), 2),
        (all.with_window(Window::time(secs(1))).with_minimum_calls(3), 3),
        (failures(2), 2),
    ];
    for (settings, failures) in steps.into_iter().chain(steps.into_iter().rev().skip(1)) {
        // One failure in the old window.
        fail(&breaker);
        breaker.reconfigure(settings).expect("legal settings");
        assert_eq!(breaker.snapshot().window.failures, 0);
        assert_eq!(failures_to_trip(&breaker), failures, "{settings:?}");
    }
}

/// How many events the history of a breaker holds.
const HISTORY: usize = 64;

#[test]
fn replaced_windows_keep_no_more_than_one_of_each_kind() {
    let _guard = ONE_AT_A_TIME.lock();
    let (breaker, _clock) = breaker(|b| b);
    let all = settings();
    let change = |from: usize, to: usize| {
        for n in from..to {
            breaker.reconfigure(nth(&all, n)).expect("legal settings");
            succeed(&breaker);
            fail(&breaker);
        }
    };
    // A full history of the same events before and after: what it keeps is not a window.
    let fill_history = || {
        for _ in 0..HISTORY {
            let other = Settings::DEFAULT.with_trial_calls(2);
            breaker.reconfigure(other).expect("legal settings");
            breaker.reconfigure(Settings::DEFAULT).expect("legal settings");
        }
    };
    fill_history();
    let region = Region::new(ALLOCATOR);
    change(0, all.len());
    fill_history();
    let first = region.change();
    let kept = first.bytes_allocated - first.bytes_deallocated;
    let cores = thread::available_parallelism()
        .map_or(4, usize::from)
        .clamp(4, 32);
    let most = 72 + 352 + 128 * cores;
    assert!(kept <= most, "{kept} bytes kept, {most} promised");
    let region = Region::new(ALLOCATOR);
    change(all.len(), all.len() + CHANGES);
    fill_history();
    let later = region.change();
    assert_eq!(
        later.bytes_allocated, later.bytes_deallocated,
        "nothing more is kept"
    );
}
