//! What a recorder receives, installed before or after the first call.

use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use super::*;
use crate::{
    config::{Threshold, Window},
    registry::KeyedBreakers,
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

/// A group in which one failure trips.
fn shards(registry: &Registry) -> KeyedBreakers {
    let builder = registry.keyed("shards").threshold(Threshold::failures(1));
    builder.max_keys(2).build().expect("valid settings")
}

#[test]
fn a_group_is_published_as_a_sum() {
    let (recorder, (registry, _)) = (recorder(), registry());
    let group = shards(&registry);
    ::metrics::with_local_recorder(&recorder, || {
        let bridge = install(&registry);
        let _ = group.get("eu-1").call_blocking(|| Err::<(), _>("down"));
        let _ = group.get("eu-2").call_blocking(|| Ok::<_, &str>(()));
        bridge.publish();
    });
    let text = recorder.handle().render();
    for line in [
        r#"fusebox_group_breakers{breaker="shards",state="open"} 1"#,
        r#"fusebox_group_breakers{breaker="shards",state="closed"} 1"#,
        r#"fusebox_calls_total{breaker="shards",outcome="success"} 1"#,
        r#"fusebox_group_max_keys{breaker="shards"} 2"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("key="), "keys are off by default: {text}");
}

#[test]
fn a_recorder_never_gets_more_keys_than_a_group_has_places() {
    let (recorder, (registry, _)) = (recorder(), registry());
    let group = shards(&registry);
    ::metrics::with_local_recorder(&recorder, || {
        let bridge = install_with_keys(&registry);
        for key in 0..50 {
            let _ = group.get(key).call_blocking(|| Ok::<_, &str>(()));
            bridge.publish();
        }
        group.get(48).trip();
        group.get(49).trip();
        let _ = group.get("without room").call_blocking(|| Ok::<_, &str>(()));
        // Two keys that have series, as those of new breakers.
        group.get(48).reset();
        group.get(49).reset();
        for _ in 0..3 {
            let _ = group.get(0).call_blocking(|| Ok::<_, &str>(()));
        }
        bridge.publish();
    });
    let text = recorder.handle().render();
    let keys: std::collections::BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.split_once("key=\"")?.1.split('"').next())
        .collect();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["*", "0", "1"]);
    for line in [
        // One call of the evicted breaker, and three of the new one.
        r#"fusebox_key_calls_total{breaker="shards",key="0",outcome="success"} 4"#,
        r#"fusebox_key_state{breaker="shards",key="0",state="closed"} 1"#,
        // Evicted: neither closed nor open.
        r#"fusebox_key_state{breaker="shards",key="1",state="closed"} NaN"#,
        r#"fusebox_key_calls_total{breaker="shards",key="*",outcome="success"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
