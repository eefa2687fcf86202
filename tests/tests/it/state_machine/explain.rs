//! The texts that explain a breaker: the error of the call that tripped it, the
//! history, and `explain`.

use std::{
    cell::Cell,
    fmt,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime},
};

use fusebox::{BreakerEvent, EventKind, Operator, Registry, State, Threshold, Window};
use fusebox_tests::stage::{Bench, COOLDOWN, SECOND, bench};

fn fail_with(bench: &Bench, times: usize, error: &impl fmt::Display) {
    for _ in 0..times {
        bench.permit().failure_with(error);
    }
}

fn last_error(bench: &Bench) -> Option<String> {
    let trip = bench.breaker.snapshot().last_trip?;
    trip.error.as_deref().map(ToOwned::to_owned)
}

/// The lines of `explain`, with each time of day as `hh:mm:ss`.
fn explained(bench: &Bench) -> Vec<String> {
    let text = bench.breaker.explain().to_string();
    text.lines().map(masked).collect()
}

fn masked(line: &str) -> String {
    let is_time = |word: &str| {
        let shape = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c });
        shape.eq("00:00:00".chars())
    };
    let words = line.split(' ').map(|word| {
        let time = word.trim_end_matches([',', ';']);
        if is_time(time) {
            word.replace(time, "hh:mm:ss")
        } else if let Some(at) = word.find(')').filter(|_| word.contains(".rs:")) {
            format!("file:line{}", &word[at..])
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Counts how often it is formatted.
#[derive(Default)]
struct Counting(Cell<u32>);

impl fmt::Display for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        f.write_str("connection refused")
    }
}

#[test]
fn a_trip_keeps_the_error_of_the_call_that_tripped_and_formats_no_other() {
    let windows = [None, Some(Window::calls(10)), Some(Window::time(COOLDOWN))];
    for window in windows {
        let bench = bench(|b| match window {
            None => b,
            Some(window) => b.window(window),
        });
        let error = Counting::default();
        fail_with(&bench, 2, &error);
        assert_eq!(error.0.get(), 0, "{window:?}");
        fail_with(&bench, 1, &error);
        assert_eq!(error.0.get(), 1, "{window:?}");
        assert_eq!(last_error(&bench).as_deref(), Some("connection refused"));
        let history = bench.breaker.history();
        assert_eq!(history[0].error.as_deref(), Some("connection refused"));
        let line = history[0].to_string();
        assert!(
            line.ends_with("; cooldown 10s; error: connection refused"),
            "{line}"
        );
    }
}

#[test]
fn a_failed_trial_call_keeps_its_error_and_the_trip_keeps_its_own() {
    let bench = bench(|b| b);
    fail_with(&bench, 3, &"first");
    bench.clock.advance(COOLDOWN);
    fail_with(&bench, 1, &"second");
    let errors: Vec<_> = bench
        .breaker
        .history()
        .into_iter()
        .map(|event| event.error)
        .collect();
    assert_eq!(
        errors.iter().map(|error| error.as_deref()).collect::<Vec<_>>(),
        [Some("first"), None, Some("second")]
    );
    assert_eq!(last_error(&bench).as_deref(), Some("first"));
}

#[test]
fn a_trip_that_an_override_prevents_keeps_the_error_too() {
    let bench = bench(|b| b);
    bench.breaker.force_closed();
    fail_with(&bench, 3, &"refused");
    let history = bench.breaker.history();
    assert!(matches!(history[1].kind, EventKind::WouldTrip { .. }));
    assert_eq!(history[1].error.as_deref(), Some("refused"));
}

#[test]
fn a_long_error_keeps_200_characters() {
    let bench = bench(|b| b);
    fail_with(&bench, 3, &"ü".repeat(1_000));
    let error = last_error(&bench).expect("an error");
    assert_eq!(error.chars().count(), 200);
    assert!(error.ends_with('…'));
}

#[test]
fn an_error_that_panics_while_it_is_formatted_trips_all_the_same() {
    struct Hostile;
    impl fmt::Display for Hostile {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            std::panic::resume_unwind(Box::new("no text"))
        }
    }
    let bench = bench(|b| b);
    fail_with(&bench, 3, &Hostile);
    assert_eq!(bench.breaker.state(), State::Open);
    assert_eq!(bench.breaker.snapshot().totals.failures, 3);
    assert_eq!(
        (last_error(&bench), bench.registry.subscriber_panics()),
        (None, 1)
    );
}

#[test]
fn an_error_may_use_its_breaker_while_it_is_formatted() {
    struct Nosy<'a>(&'a Bench);
    impl fmt::Display for Nosy<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "while {}", self.0.breaker.snapshot().state)
        }
    }
    let bench = bench(|b| b);
    fail_with(&bench, 3, &Nosy(&bench));
    assert_eq!(last_error(&bench).as_deref(), Some("while closed"));
}

#[test]
fn a_failure_without_an_error_leaves_none() {
    let bench = bench(|b| b);
    fail_with(&bench, 2, &"known");
    bench.fail(1);
    assert_eq!(last_error(&bench), None);
}

#[test]
fn the_history_has_wall_clock_times() {
    let bench = bench(|b| b);
    let before = SystemTime::now();
    bench.breaker.trip();
    bench.breaker.reset();
    for event in bench.breaker.history() {
        let since = event
            .time()
            .duration_since(before)
            .expect("after the start of the test");
        assert!(since < SECOND * 60, "{since:?}");
    }
}

#[test]
fn a_subscriber_that_reads_late_gets_the_time_of_the_change() {
    const LATE: Duration = Duration::from_millis(60);
    let breaker = Registry::new().breaker("late").build().expect("legal");
    let read = Arc::new(Mutex::new(None));
    let sink = Arc::clone(&read);
    let _subscription = breaker.on_event(move |event| {
        let begun = SystemTime::now();
        thread::sleep(LATE);
        let event = event.breaker().expect("a change");
        let copy = event.clone();
        thread::sleep(LATE);
        *sink.lock().unwrap() = Some((begun, event.time(), copy.time()));
    });
    let before = SystemTime::now();
    breaker.trip();
    let (begun, time, of_copy) = read.lock().unwrap().expect("an event");
    // The two clocks of the system may differ a little.
    let slack = LATE / 6;
    assert!(
        before - slack <= time && time <= begun + slack,
        "{before:?} {time:?} {begun:?}"
    );
    assert_eq!(of_copy, time);
    assert_eq!(breaker.history()[0].time(), time, "the history shows the same");
}

#[test]
fn the_history_is_what_subscribers_got() {
    let bench = bench(|b| b.threshold(Threshold::failures(1)));
    let mut events = bench.breaker.events();
    fail_with(&bench, 1, &"refused");
    bench.clock.advance(COOLDOWN);
    bench.succeed(1);
    bench.breaker.force_open_by(Operator::new("anna", "maintenance"));
    let delivered: Vec<BreakerEvent> = std::iter::from_fn(|| events.try_recv().expect("nothing dropped"))
        .map(|event| event.breaker().expect("a change").clone())
        .collect();
    assert_eq!(delivered, bench.breaker.history());
    assert_eq!(delivered.len(), 4);
}

#[test]
fn explain_shows_the_rule_the_error_what_came_before_and_the_settings() {
    let bench = bench(|b| {
        b.threshold(Threshold::rate(0.5))
            .window(Window::time(SECOND * 10))
            .max_cooldown(COOLDOWN * 30)
    });
    bench.succeed(6);
    fail_with(&bench, 6, &"connect error: Connection refused (os error 111)");
    for _ in 0..2 {
        bench.clock.advance(COOLDOWN * 4);
        bench.fail(1);
    }
    bench.clock.advance(Duration::from_millis(17_500));
    assert_eq!(
        explained(&bench),
        [
            "bench is open since hh:mm:ss UTC (17 s), next trial in 22 s",
            "  rule        6 of 12 calls failed (threshold 50%, window 10s, minimum_calls 10)",
            "  last error  connect error: Connection refused (os error 111)",
            "  before      reopened twice: a trial call failed hh:mm:ss, hh:mm:ss; cooldown now 40 s of at most 300 s",
            "  settings    threshold 50% (builder file:line), window 10s (builder file:line), minimum_calls 10, cooldown 10s (builder \
             file:line), max_cooldown 5m (builder file:line), trial_calls 1",
        ]
    );
}

#[test]
fn explain_leaves_out_what_there_is_nothing_to_report_about() {
    let bench = bench(|b| b);
    bench.fail(1);
    assert_eq!(
        explained(&bench),
        [
            "bench is closed since hh:mm:ss UTC (0 ms)",
            "  window      1 failure (threshold 3)",
            "  settings    threshold 3 (builder file:line), cooldown 10s (builder file:line), trial_calls 1",
        ]
    );
}

#[test]
fn explain_shows_the_operator_and_the_end_of_an_override() {
    let bench = bench(|b| b);
    bench
        .breaker
        .force_open_for_by(SECOND * 600, Operator::new("anna", "maintenance"));
    bench.clock.advance(SECOND);
    assert_eq!(
        explained(&bench),
        [
            "bench is forced open since hh:mm:ss UTC (1 s), until hh:mm:ss UTC",
            "  window      0 failures (threshold 3)",
            "  operator    anna (maintenance)",
            "  settings    threshold 3 (builder file:line), cooldown 10s (builder file:line), trial_calls 1",
        ]
    );
}
