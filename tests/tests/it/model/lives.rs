//! The random lives, one property for each kind of window.

use fusebox_tests::model::Nanos;
use fusebox_tests::real::Real;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::action::life;
use super::drive::live;
use super::settings::{Kind, plan};

/// The number of lives for each kind of window: more than 10,000 together.
const CASES: u32 = 2_000;

fn cases() -> u32 {
    match std::env::var("FUSEBOX_MODEL_CASES") {
        Ok(cases) => cases.parse().expect("FUSEBOX_MODEL_CASES is a number"),
        Err(_) => CASES,
    }
}

/// The clock at the start: its zero, soon after it, and our century.
fn start() -> impl Strategy<Value = Nanos> {
    prop_oneof![Just(0), 1..1_000 as Nanos, Just(1_700_000_000_000_000_000)]
}

fn lives_alike(kind: Kind) {
    let config = Config {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&(plan(kind), start(), life()), |(plan, start, life)| {
        live::<Real>(&plan, start, &life)
            .map(drop)
            .map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("{kind:?}: {error}");
    }
}

#[test]
fn consecutive_failures_live_alike() {
    lives_alike(Kind::Consecutive);
}

#[test]
fn failures_within_a_time_live_alike() {
    lives_alike(Kind::FailureTimes);
}

#[test]
fn failures_and_slow_calls_within_a_time_live_alike() {
    lives_alike(Kind::FailureTimesAndSlow);
}

#[test]
fn failures_of_the_last_calls_live_alike() {
    lives_alike(Kind::FailuresOfCalls);
}

#[test]
fn rates_of_the_last_calls_live_alike() {
    lives_alike(Kind::RateOfCalls);
}

#[test]
fn rates_over_a_time_live_alike() {
    lives_alike(Kind::RateOfTime);
}
