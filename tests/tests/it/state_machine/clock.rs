//! Clocks: monotonic, replaceable, and harmless when they step back.

use std::collections::BTreeSet;
use std::time::Duration;

use fusebox::{Registry, State, Threshold, Window};

use fusebox_tests::stage::{COOLDOWN, SECOND, bench, breaker};

#[test]
fn r14_a_clock_that_steps_back_closes_nothing_early_and_never_panics() {
    let bench = bench(|b| b.slow_call(SECOND));
    let before = bench.permit();
    bench.fail(3);
    bench.clock.set(Duration::ZERO);
    before.success();
    assert_eq!(bench.breaker.state(), State::Open);
    assert!(bench.is_rejected());
    bench.clock.set(SECOND * 1000 + COOLDOWN);
    bench.succeed(1);
    assert_eq!(bench.breaker.state(), State::Closed);
}

#[test]
fn r14_failure_stamps_never_go_back() {
    let bench = bench(|b| b.threshold(Threshold::failures(2)).window(Window::time(SECOND)));
    bench.fail(1);
    bench.clock.set(SECOND * 10);
    bench.fail(1);
    assert_eq!(
        bench.breaker.state(),
        State::Open,
        "the second is not older than the first"
    );
}

#[test]
fn r14_the_end_of_time_is_only_far_away() {
    let bench = bench(|b| b.cooldown(SECOND * 3_000_000_000));
    bench.clock.set(Duration::MAX);
    bench.fail(3);
    assert!(
        bench.breaker.try_acquire().is_ok_and(|permit| permit.is_trial()),
        "saturated, and not stuck"
    );
}

#[tokio::test(start_paused = true)]
async fn r14_paused_tokio_time_moves_the_default_clock() {
    let breaker = Registry::new()
        .breaker("paused")
        .cooldown(COOLDOWN)
        .build()
        .expect("legal");
    breaker.trip();
    tokio::time::advance(Duration::from_nanos(9_999_999_999)).await;
    assert_eq!(breaker.state(), State::Open);
    tokio::time::advance(Duration::from_nanos(1)).await;
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[test]
fn r14_jitter_is_a_pure_function_of_seed_and_generation() {
    let waits = |seed| {
        let registry = Registry::builder()
            .clock(fusebox::testing::ManualClock::new())
            .jitter_seed(seed)
            .build();
        let breaker = registry
            .breaker("jitter")
            .cooldown(COOLDOWN)
            .jitter(0.5)
            .build()
            .expect("legal");
        let wait = |_| {
            breaker.trip();
            breaker.snapshot().retry_after.expect("open")
        };
        (0..20).map(wait).collect::<Vec<_>>()
    };
    assert_eq!(waits(7), waits(7));
    assert_ne!(waits(7), waits(8));
    assert!(
        waits(7)
            .iter()
            .all(|wait| (COOLDOWN..=COOLDOWN * 3 / 2).contains(wait))
    );
}

#[test]
fn the_whole_jitter_is_reached() {
    let ten = Duration::from_nanos(10);
    let (breaker, _clock) = breaker(|b| b.cooldown(ten).jitter(0.1));
    let waits: BTreeSet<_> = (0..64)
        .map(|_| {
            breaker.trip();
            breaker.snapshot().retry_after.expect("open")
        })
        .collect();
    assert_eq!(waits, BTreeSet::from([ten, Duration::from_nanos(11)]));
}
