//! Breakers whose generation reaches 2^39 − 1 and starts again from 0.

use std::{sync::Arc, time::Duration};

use crate::{
    clock::ClockSource,
    config::{Rate, Settings, Threshold, Window, name::BreakerName},
    engine::Engine,
    event::Dispatcher,
    outcome::{CallEnd, Outcome},
    state::{GENERATION_BITS, State},
    testing::ManualClock,
};

const LAST: u64 = (1 << GENERATION_BITS) - 1;
const TIME: Window = Window::time(Duration::from_secs(10));

/// Every kind of window, tripping at the third failure after three successes.
fn at_three_failures() -> [Settings; 6] {
    let three = Settings::DEFAULT.with_threshold(Threshold::failures(3));
    let half = Settings::DEFAULT.with_threshold(Threshold::rate(0.5));
    [
        three,
        three.with_window(TIME),
        three
            .with_window(TIME)
            .with_slow_call(Duration::from_secs(1))
            .with_slow_threshold(Rate::new(1.0)),
        three.with_window(Window::calls(6)),
        half.with_window(Window::calls(6)).with_minimum_calls(6),
        half.with_window(TIME).with_minimum_calls(6),
    ]
}

fn engine(settings: Settings, generation: u64) -> Engine {
    let clock = ManualClock::new();
    clock.set(Duration::from_secs(1_000));
    let clock = ClockSource::Custom(Arc::new(clock));
    Engine::new(
        BreakerName::fixed("wrap"),
        settings,
        clock,
        Arc::new(Dispatcher::new()),
        0,
    )
    .in_generation(generation)
}

fn end(engine: &Engine, outcome: Outcome) {
    let ticket = engine.acquire().expect("closed");
    if outcome != Outcome::Success || !engine.count_healthy(ticket) {
        engine.record(ticket, CallEnd::Returned(outcome.into()), None);
    }
}

#[test]
fn a_breaker_trips_at_its_threshold_before_at_and_after_the_wrap() {
    for settings in at_three_failures() {
        let engine = engine(settings, LAST - 4);
        for _ in 0..5 {
            for outcome in [Outcome::Success, Outcome::Failure] {
                for call in 0..3 {
                    assert_eq!(engine.state(), State::Closed, "{settings:?}, {outcome:?} {call}");
                    end(&engine, outcome);
                }
            }
            assert_eq!(
                engine.state(),
                State::Open,
                "{settings:?} in {}",
                engine.generation()
            );
            engine.reset(None);
        }
        assert_eq!(engine.generation(), 5, "ten changes later");
    }
}

#[test]
fn a_result_from_before_the_wrap_changes_nothing_after_it() {
    for settings in at_three_failures() {
        let engine = engine(settings, LAST);
        let stale: Vec<_> = (0..3).map(|_| engine.acquire().expect("closed")).collect();
        end(&engine, Outcome::Failure);
        engine.reset(None);
        assert_eq!(engine.generation(), 0);
        (0..2).for_each(|_| end(&engine, Outcome::Failure));
        for ticket in stale {
            assert!(!engine.count_healthy(ticket));
            engine.record(ticket, CallEnd::Returned(Outcome::Failure.into()), None);
        }
        assert_eq!(engine.state(), State::Closed, "{settings:?}");
        assert_eq!(engine.snapshot().window.failures, 2, "{settings:?}");
    }
}

#[test]
fn a_full_ring_of_successes_is_of_its_generation_only() {
    let settings = Settings::DEFAULT
        .with_threshold(Threshold::failures(3))
        .with_window(Window::calls(6));
    let engine = engine(settings, LAST);
    for generation in [LAST, 0, 1] {
        assert_eq!(engine.generation(), generation);
        for calls in 1..=9 {
            end(&engine, Outcome::Success);
            assert_eq!(engine.snapshot().window.calls, Some(calls.min(6)));
        }
        engine.reset(None);
    }
}
