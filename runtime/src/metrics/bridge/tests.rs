//! What a recorder receives, installed before or after the first call.

use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use super::*;
use crate::{
    config::{Threshold, Window},
    testing::ManualClock,
};

fn recorder() -> PrometheusRecorder {
    PrometheusBuilder::new().build_recorder()
}

fn registry() -> (Registry, ManualClock) {
    let clock = ManualClock::new();
    (Registry::builder().clock(clock.clone()).build(), clock)
}

/// Makes one breaker with two failures, the second of which trips it.
fn fail_twice(registry: &Registry) {
    let orders = registry
        .breaker("orders")
        .threshold(Threshold::failures(2))
        .latency(true)
        .build();
    let orders = orders.expect("valid settings");
    for _ in 0..2 {
        let _ = orders.call_blocking(|| Err::<(), _>("down"));
    }
}

const FAILURES: &str = r#"fusebox_calls_total{breaker="orders",outcome="failure",kind="error"} 2"#;
const OPEN: &str = r#"fusebox_state{breaker="orders",state="open"} 1"#;
const TRIP: &str =
    r#"fusebox_transitions_total{breaker="orders",from="closed",to="open",reason="failures"} 1"#;

fn assert_exported(recorder: &PrometheusRecorder) {
    recorder.handle().run_upkeep();
    let text = recorder.handle().render();
    for line in [FAILURES, OPEN, TRIP] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(
        text.contains("# HELP fusebox_calls_total Calls by outcome"),
        "{text}"
    );
}

#[test]
fn a_recorder_installed_before_the_first_call_receives_it() {
    let (recorder, (registry, _)) = (recorder(), registry());
    ::metrics::with_local_recorder(&recorder, || {
        let bridge = install(&registry);
        fail_twice(&registry);
        bridge.publish();
    });
    assert_exported(&recorder);
}

#[test]
fn a_recorder_installed_after_the_first_call_receives_it() {
    let (recorder, (registry, _)) = (recorder(), registry());
    let bridge = install(&registry);
    fail_twice(&registry);
    bridge.publish();
    ::metrics::with_local_recorder(&recorder, || {
        bridge.publish();
        assert_eq!(
            recorder.handle().render(),
            "",
            "its handles are those of no recorder"
        );
        bridge.install();
    });
    assert_exported(&recorder);
}

#[test]
fn each_call_is_recorded_in_the_histogram_once() {
    let (recorder, (registry, _)) = (recorder(), registry());
    ::metrics::with_local_recorder(&recorder, || {
        let bridge = install(&registry);
        fail_twice(&registry);
        (0..3).for_each(|_| bridge.publish());
    });
    recorder.handle().run_upkeep();
    let text = recorder.handle().render();
    let count = r#"fusebox_call_duration_seconds_count{breaker="orders",outcome="failure"} 2"#;
    assert!(text.contains(count), "{text}");
}

#[test]
fn a_rate_that_is_absent_is_not_a_number() {
    let (recorder, (registry, clock)) = (recorder(), registry());
    let orders = registry
        .breaker("orders")
        .threshold(Threshold::rate(0.9))
        .window(Window::time(Duration::from_secs(1)))
        .minimum_calls(2)
        .build()
        .expect("valid settings");
    let bridge = ::metrics::with_local_recorder(&recorder, || install(&registry));
    let rate = |is: &str| {
        ::metrics::with_local_recorder(&recorder, || bridge.publish());
        let text = recorder.handle().render();
        let line = format!(r#"fusebox_failure_rate{{breaker="orders"}}{is}"#);
        assert_eq!(
            text.contains(line.trim_end()),
            !is.is_empty(),
            "{line} in\n{text}"
        );
    };
    rate("");
    let _ = orders.call_blocking(|| Err::<(), _>("down"));
    let _ = orders.call_blocking(|| Ok::<_, &str>(()));
    rate(" 0.5");
    clock.advance(Duration::from_secs(10));
    rate(" NaN");
}

#[tokio::test(start_paused = true)]
async fn a_sampler_publishes_again_and_again() {
    let (recorder, (registry, _)) = (recorder(), registry());
    let guard = ::metrics::set_default_local_recorder(&recorder);
    let bridge = install(&registry);
    let sampler = bridge.run(Duration::from_secs(10));
    let calls = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        fail_twice(&registry);
        tokio::time::sleep(Duration::from_secs(10)).await;
    };
    tokio::select! {
        () = sampler => unreachable!("it runs for ever"),
        () = calls => {}
    }
    drop(guard);
    assert_exported(&recorder);
}
