//! The fast paths of healthy calls: they are taken, and only if nothing
//! happened in between.

use std::{sync::Arc, time::Duration};

use crate::{
    config::{Threshold, Window as Setting},
    engine::*,
    outcome::{CallEnd, Outcome, Verdict},
    stats::striped::set_stripe,
    testing::ManualClock,
};

const TWO: Settings = Settings::DEFAULT.with_threshold(Threshold::failures(2));

fn engine(settings: Settings) -> Engine {
    let still = ClockSource::Custom(Arc::new(ManualClock::new()));
    Engine::new(
        BreakerName::fixed("short"),
        settings,
        still,
        Arc::new(Dispatcher::new()),
        0,
    )
}

fn admit(engine: &Engine) -> Ticket {
    engine.acquire().expect("admitted")
}

fn end(engine: &Engine, outcome: Outcome) {
    engine.record(admit(engine), CallEnd::Returned(outcome.into()), None);
}

#[test]
fn a_healthy_call_among_healthy_calls_is_counted_at_once() {
    // However many other tests run beside it, this thread counts by itself.
    set_stripe(0);
    let time = Setting::time(Duration::from_secs(10));
    for settings in [TWO, TWO.with_window(time), TWO.with_window(Setting::calls(2))] {
        let engine = engine(settings);
        (0..2).for_each(|_| end(&engine, Outcome::Success));
        assert!(engine.count_healthy(admit(&engine)));
        let of_an_older_generation = admit(&engine);
        engine.reset(None);
        assert!(!engine.count_healthy(of_an_older_generation));
    }
}

#[test]
fn a_success_that_has_failures_to_forget_is_not_counted_at_once() {
    for settings in [TWO, TWO.with_window(Setting::calls(2))] {
        let engine = engine(settings);
        end(&engine, Outcome::Success);
        end(&engine, Outcome::Failure);
        assert!(!engine.count_healthy(admit(&engine)));
    }
}

#[test]
fn only_a_success_takes_a_fast_path() {
    assert!(CallEnd::Returned(Outcome::Success.into()).is_success());
    for end in [
        CallEnd::Returned(Outcome::Failure.into()),
        CallEnd::Returned(Outcome::Ignored.into()),
        CallEnd::TimedOut,
        CallEnd::Panicked,
        CallEnd::Dropped,
    ] {
        assert!(!end.is_success());
    }
}

#[test]
fn only_a_failure_requests_a_cooldown() {
    let requesting = |outcome: Outcome| Verdict::from(outcome).open_for(Duration::from_secs(1));
    let requested = |outcome| CallEnd::Returned(requesting(outcome)).requested_cooldown();
    assert_eq!(requested(Outcome::Failure), Some(Duration::from_secs(1)));
    assert_eq!(requested(Outcome::Success), None);
    assert_eq!(requested(Outcome::Ignored), None);
}
