//! The short ways of healthy calls: that they are taken, and only where nothing has happened.

use std::{sync::Arc, time::Duration};

use crate::engine::*;
use crate::{
    config::{Threshold, Window as Setting},
    outcome::Outcome,
    stats::striped::{assign_stripe, stripe_count},
    testing::ManualClock,
};

const TWO: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(2));

fn engine(settings: Settings) -> Engine {
    let still = ClockSource::Custom(Arc::new(ManualClock::new()));
    Engine::new("short", settings, still, Arc::new(Dispatcher::new()), 0)
}

fn admit(engine: &Engine) -> Ticket {
    engine.admit().expect("admitted")
}

fn end(engine: &Engine, outcome: Outcome) {
    engine.settle(admit(engine), End::Returned(outcome));
}

/// Whether this thread counts by itself: with very many cores there may be more tests at a time than lanes.
fn owns_a_lane() -> bool {
    assign_stripe() < stripe_count()
}

#[test]
fn a_healthy_call_among_healthy_calls_is_counted_at_once() {
    let owns_a_lane = owns_a_lane();
    let time = Setting::time(Duration::from_secs(10));
    for settings in [TWO, TWO.with_window(time), TWO.with_window(Setting::calls(2))] {
        let engine = engine(settings);
        (0..2).for_each(|_| end(&engine, Outcome::Success));
        assert_eq!(engine.settle_healthy(admit(&engine)), owns_a_lane);
        let of_an_older_generation = admit(&engine);
        engine.reset();
        assert!(!engine.settle_healthy(of_an_older_generation));
    }
}

#[test]
fn a_success_that_has_failures_to_forget_is_not_counted_at_once() {
    for settings in [TWO, TWO.with_window(Setting::calls(2))] {
        let engine = engine(settings);
        end(&engine, Outcome::Success);
        end(&engine, Outcome::Failure);
        assert!(!engine.settle_healthy(admit(&engine)));
    }
}

#[test]
fn a_success_is_the_only_end_that_may_take_a_short_way() {
    assert!(End::Returned(Outcome::Success).is_success());
    for end in [
        End::Returned(Outcome::Failure),
        End::Returned(Outcome::Ignored),
        End::Dropped,
    ] {
        assert!(!end.is_success());
    }
}
