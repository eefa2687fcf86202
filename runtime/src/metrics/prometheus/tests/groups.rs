//! What a scrape returns of keyed breakers.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use super::{assert_lines, registry};
use crate::{
    config::Threshold,
    metrics::prometheus::{Exporter, render},
    registry::{KeyedBreakers, Registry},
};

/// A group in which one failure trips.
fn shards(registry: &Registry, max_keys: u32) -> KeyedBreakers {
    let builder = registry.keyed("shards").threshold(Threshold::failures(1));
    builder.max_keys(max_keys).build().expect("valid settings")
}

fn fail(group: &KeyedBreakers, key: &str) {
    let failed = group.get(key).call_blocking(|| Err::<(), _>("down"));
    assert!(failed.is_err());
}

#[test]
fn a_group_is_exported_as_a_sum_without_its_keys() {
    let (registry, clock) = registry();
    registry.breaker("apples").build().expect("valid settings");
    registry.breaker("zebras").build().expect("valid settings");
    let group = shards(&registry, 10);
    fail(&group, "eu-1");
    fail(&group, "eu-2");
    let _ = group.get("us-1").call_blocking(|| Ok::<_, &str>(()));
    group.get("us-2").force_closed();
    clock.advance(Duration::from_secs(3));
    let text = render(&registry);
    assert_lines(
        &text,
        &[
            r#"fusebox_calls_total{breaker="shards",outcome="success"} 1"#,
            r#"fusebox_calls_total{breaker="shards",outcome="failure",kind="error"} 2"#,
            r#"fusebox_transitions_total{breaker="shards",from="closed",to="open",reason="failures"} 2"#,
            r#"fusebox_open_seconds_total{breaker="shards"} 6"#,
            r#"fusebox_info{breaker="shards",threshold="1",window="none",cooldown="30s",declared_at="none"} 1"#,
            r#"fusebox_group_breakers{breaker="shards",state="open"} 2"#,
            r#"fusebox_group_breakers{breaker="shards",state="closed"} 1"#,
            r#"fusebox_group_breakers{breaker="shards",state="forced_closed"} 1"#,
            r#"fusebox_group_breakers{breaker="shards",state="disabled"} 0"#,
            r#"fusebox_group_max_keys{breaker="shards"} 10"#,
            r#"fusebox_group_evictions_total{breaker="shards"} 0"#,
            r#"fusebox_group_overflowed{breaker="shards"} 0"#,
        ],
    );
    assert!(!text.contains(r#"fusebox_state{breaker="shards""#), "many states");
    assert!(!text.contains("eu-1") && !text.contains("fusebox_key_"), "{text}");
    let names = ["apples", "shards", "zebras"].map(|name| {
        let line = format!(r#"fusebox_open_seconds_total{{breaker="{name}"}}"#);
        text.find(&line).expect("each is exported")
    });
    assert!(names.is_sorted(), "breakers and groups are one list");
}

#[test]
fn keys_are_exported_if_that_is_switched_on() {
    let (registry, clock) = registry();
    let group = shards(&registry, 2);
    fail(&group, "eu-1");
    fail(&group, "eu \"2\"");
    // Both are open, so that this one shares a breaker.
    let _ = group.get("us-1").call_blocking(|| Ok::<_, &str>(()));
    clock.advance(Duration::from_secs(3));
    let text = Exporter::new(&registry).with_keys().render();
    assert_lines(
        &text,
        &[
            r#"fusebox_key_state{breaker="shards",key="eu-1",state="open"} 1"#,
            r#"fusebox_key_state{breaker="shards",key="eu-1",state="closed"} 0"#,
            r#"fusebox_key_state{breaker="shards",key="eu \"2\"",state="open"} 1"#,
            r#"fusebox_key_calls_total{breaker="shards",key="eu-1",outcome="failure",kind="error"} 1"#,
            r#"fusebox_key_calls_total{breaker="shards",key="*",outcome="success"} 1"#,
            r#"fusebox_key_open_seconds_total{breaker="shards",key="eu-1"} 3"#,
            r#"fusebox_calls_total{breaker="shards",outcome="failure",kind="error"} 2"#,
            r#"fusebox_group_overflowed{breaker="shards"} 1"#,
        ],
    );
}

#[test]
fn a_million_keys_have_no_more_labels_than_the_group_has_places() {
    let (registry, _) = registry();
    let group = shards(&registry, 20);
    let total = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
    for key in 0..total {
        let _ = group.get(key).call_blocking(|| Ok::<_, &str>(()));
    }
    let text = Exporter::new(&registry).with_keys().render();
    let keys: HashSet<_> = text
        .lines()
        .filter_map(|line| line.split_once("key=\"")?.1.split('"').next())
        .collect();
    assert!(keys.len() <= 21, "{} keys", keys.len());
    let sum = format!(r#"fusebox_calls_total{{breaker="shards",outcome="success"}} {total}"#);
    let evicted = format!(
        r#"fusebox_group_evictions_total{{breaker="shards"}} {}"#,
        total - 20
    );
    assert_lines(&text, &[&sum, &evicted]);
}

#[test]
fn an_evicted_breaker_stays_in_the_sums() {
    let (registry, clock) = registry();
    let builder = registry.keyed("shards").threshold(Threshold::failures(1));
    let group = builder.latency(true).max_keys(1).build().expect("valid settings");
    let old = group.get("old");
    let _ = old.call_blocking(|| {
        clock.advance(Duration::from_millis(40));
        Err::<(), _>("down")
    });
    clock.advance(Duration::from_secs(5));
    old.reset();
    let sums = [
        r#"fusebox_calls_total{breaker="shards",outcome="failure",kind="error"} 1"#,
        r#"fusebox_transitions_total{breaker="shards",from="closed",to="open",reason="failures"} 1"#,
        r#"fusebox_open_seconds_total{breaker="shards"} 5"#,
        r#"fusebox_call_duration_seconds_bucket{breaker="shards",outcome="failure",le="0.05"} 1"#,
    ];
    assert_lines(&render(&registry), &sums);
    let _ = group.get("new").call_blocking(|| Ok::<_, &str>(()));
    assert_eq!(group.snapshot().evicted, 1);
    assert_lines(&render(&registry), &sums);
    drop(old);
    assert_lines(&render(&registry), &sums);
}

/// Prometheus takes a counter that falls for one that has begun anew.
///
/// It then adds the whole value to a rate.
#[test]
fn a_counter_of_a_group_never_falls_while_breakers_are_evicted() {
    let (registry, _) = registry();
    let group = shards(&registry, 4);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for thread in 0..2 {
            let (group, is_over) = (&group, &is_over);
            scope.spawn(move || {
                let mut key = thread;
                while !is_over.load(Ordering::Relaxed) {
                    key += 2;
                    let _ = group.get(key).call_blocking(|| Ok::<_, &str>(()));
                }
            });
        }
        let (mut before, mut evicted) = (0, 0);
        while evicted < 20_000 {
            let snapshot = group.snapshot();
            let now = snapshot.totals.successes;
            if now < before {
                is_over.store(true, Ordering::Relaxed);
                panic!("{now} after {before}");
            }
            (before, evicted) = (now, snapshot.evicted);
        }
        is_over.store(true, Ordering::Relaxed);
    });
}
