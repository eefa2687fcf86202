//! Reads the fixtures. An unknown value is a panic, never a skip.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::scenario::{Event, Initial, Limits, Manual, Observation, Scenario, Step};
use crate::model::{End, Nanos, Settings, Threshold, Window};

const MILLISECOND: Nanos = 1_000_000;
const SECOND: Nanos = 1_000 * MILLISECOND;
/// The recorded `slow_ms` that means "no call is slow".
const SLOW_IS_OFF: Nanos = 600_000;

/// Reads the scenarios of resilience4j.
pub fn resilience4j() -> Vec<Scenario> {
    lines("resilience4j-core.jsonl.gz")
        .iter()
        .map(resilience4j_scenario)
        .collect()
}

/// Reads the scenarios of the breakers that count consecutive failures.
pub fn consecutive() -> Vec<Scenario> {
    lines("consecutive-traces.jsonl.gz")
        .iter()
        .map(consecutive_scenario)
        .collect()
}

fn lines(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    BufReader::new(GzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.expect("a line of text")).expect("a line of JSON"))
        .collect()
}

fn resilience4j_scenario(line: &Value) -> Scenario {
    let cfg = &line["cfg"];
    let size = usize::try_from(number(&cfg["size"])).expect("a size");
    let slow_call_rate = cfg["slow_rate"].as_f64().expect("a rate");
    let failure_rate = cfg["failure_rate"].as_f64().expect("a rate");
    let minimum = usize::try_from(number(&cfg["min_calls"])).expect("a number of calls");
    let (window, minimum_calls) = match cfg["window"].as_str() {
        // resilience4j lowers a minimum that the window cannot hold. fusebox refuses it.
        Some("count") => (Window::Calls(size), minimum.min(size)),
        Some("time") => (Window::Time(number(&cfg["size"]) * SECOND), minimum),
        other => panic!("an unknown window: {other:?}"),
    };
    // In resilience4j, a slow call takes longer than this; in fusebox, at least as long. Times are
    // whole milliseconds.
    let slow_ms = number(&cfg["slow_ms"]);
    let slow_call = (slow_ms != SLOW_IS_OFF).then_some((slow_ms + 1) * MILLISECOND);
    let trial_calls = usize::try_from(number(&cfg["half_open_permits"])).expect("a number of calls");
    let max_wait = number(&cfg["half_open_max_wait_ms"]);
    Scenario {
        id: text(&line["id"]),
        settings: Settings {
            threshold: Threshold::Rate(millionths(failure_rate)),
            window,
            minimum_calls,
            slow_call,
            slow_threshold: slow_call.map(|_| millionths(slow_call_rate)),
            cooldown: number(&cfg["wait_ms"]) * MILLISECOND,
            max_cooldown: None,
            trial_calls,
        },
        limits: Limits {
            half_open_max_wait: (max_wait > 0).then_some(max_wait * MILLISECOND),
            judges_trials_together: trial_calls > 1,
            reads_open_at_the_edge: false,
            rates: Some((failure_rate, slow_call_rate)),
        },
        initial: match cfg["initial"].as_str() {
            Some("CLOSED") => Initial::Closed,
            Some("OPEN") => Initial::Open,
            Some("HALF_OPEN") => Initial::HalfOpen,
            Some("FORCED_OPEN") => Initial::ForcedOpen,
            Some("DISABLED" | "METRICS_ONLY") => Initial::ForcedClosed,
            other => panic!("an unknown initial state: {other:?}"),
        },
        start: number(&cfg["start_ms"]) * MILLISECOND,
        steps: steps(line, |o| Observation {
            calls: o[2].as_u64(),
            failed: o[3].as_u64(),
            slow: o[4].as_u64(),
            failure_rate: o[6].as_f64(),
            slow_call_rate: o[7].as_f64(),
            ..both_know(o)
        }),
    }
}

fn consecutive_scenario(line: &Value) -> Scenario {
    let cfg = &line["cfg"];
    let threshold = u32::try_from(number(&cfg["threshold"])).expect("a number of failures");
    Scenario {
        id: text(&line["id"]),
        settings: Settings {
            threshold: Threshold::Failures(threshold),
            cooldown: number(&cfg["cooldown_ms"]) * MILLISECOND,
            trial_calls: usize::try_from(number(&cfg["half_open"])).expect("a number of calls"),
            ..Settings::DEFAULT
        },
        limits: Limits {
            reads_open_at_the_edge: true,
            ..Limits::default()
        },
        initial: Initial::Closed,
        start: SECOND,
        steps: steps(line, |o| Observation {
            failed: o[2].as_u64(),
            ..both_know(o)
        }),
    }
}

fn both_know(o: &Value) -> Observation {
    Observation {
        state: o[0].as_str().and_then(|state| state.chars().next()),
        granted: o[1].as_bool(),
        ..Observation::default()
    }
}

fn steps(line: &Value, seen: impl Fn(&Value) -> Observation) -> Vec<Step> {
    let steps = line["steps"].as_array().expect("a list of steps");
    steps
        .iter()
        .map(|step| Step {
            event: event(&step["e"]),
            seen: seen(&step["o"]),
        })
        .collect()
}

fn event(e: &Value) -> Event {
    let ticket = || e[1].as_u64().expect("a ticket");
    match e[0].as_str().expect("the name of an event") {
        "adv" => Event::Advance(number(&e[1]) * MILLISECOND),
        "acq" => Event::Acquire(ticket()),
        "ok" => Event::End(ticket(), End::Success),
        "err" => Event::End(ticket(), End::Failure),
        "ign" => Event::End(ticket(), End::Ignored),
        "rel" => Event::End(ticket(), End::Drop),
        "open" => Event::Manual(Manual::Open),
        "close" | "reset" => Event::Manual(Manual::Close),
        "half_open" => Event::Manual(Manual::HalfOpen),
        "force_open" => Event::Manual(Manual::ForceOpen),
        "disable" | "metrics_only" => Event::Manual(Manual::ForceClosed),
        other => panic!("an unknown event: {other}"),
    }
}

fn number(value: &Value) -> Nanos {
    Nanos::from(
        value
            .as_i64()
            .unwrap_or_else(|| panic!("a whole number, not {value}")),
    )
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Converts a recorded percentage. It has at most one decimal, so the result is
/// exact.
fn millionths(percent: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 100 percent"
    )]
    let millionths = (percent * 10_000.0).round() as u32;
    assert!(millionths <= 1_000_000, "{percent} is not a rate");
    millionths
}
