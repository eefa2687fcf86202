//! Keys, eviction and overflow.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    CircuitBreaker, ConfigError, Key, KeyedBreakers, Registry, Settings, State, Threshold,
    config::limits::is_unprintable,
    registry::keyed::key_text::{KeyText, ShortKey},
    sync::lock,
    testing::ManualClock,
};

fn group(max_keys: u32) -> KeyedBreakers {
    registry()
        .keyed("hosts")
        .threshold(Threshold::failures(2))
        .max_keys(max_keys)
        .build()
        .expect("legal settings")
}

fn registry() -> Registry {
    Registry::builder().clock(ManualClock::new()).build()
}

fn keys(group: &KeyedBreakers) -> Vec<String> {
    let keys = group
        .iter()
        .map(|breaker| breaker.key().expect("keyed").to_owned());
    keys.collect()
}

fn fail(breaker: &CircuitBreaker) {
    breaker.try_acquire().expect("admitted").failure();
}

fn succeed(breaker: &CircuitBreaker) {
    breaker.try_acquire().expect("admitted").success();
}

#[test]
fn each_key_has_a_breaker_of_its_own() {
    let hosts = group(10);
    fail(&hosts.get("eu"));
    fail(&hosts.get("eu"));
    assert_eq!(hosts.get("eu").state(), State::Open);
    assert_eq!(hosts.get("us").state(), State::Closed);
    let eu = hosts.get(String::from("eu"));
    assert_eq!(
        (eu.name(), eu.group(), eu.key()),
        ("hosts[eu]", Some("hosts"), Some("eu"))
    );
    assert_eq!(hosts.get(7).name(), "hosts[7]");
    let rejected = eu.try_acquire().expect_err("open");
    assert_eq!(rejected.name(), "hosts[eu]");
    let snapshot = hosts.snapshot();
    assert_eq!(
        (snapshot.keys, snapshot.open, snapshot.totals.failures),
        (3, 1, 2)
    );
    assert_eq!(snapshot.totals.rejected, 1);
}

#[test]
fn the_longest_idle_breaker_is_evicted() {
    let hosts = group(3);
    for key in ["a", "b", "c", "b", "a"] {
        hosts.get(key);
    }
    hosts.get("d");
    assert_eq!(keys(&hosts), ["a", "b", "d"]);
    hosts.get("e");
    assert_eq!(keys(&hosts), ["a", "d", "e"]);
    assert_eq!(hosts.snapshot().evicted, 2);
}

#[test]
fn a_breaker_that_is_not_closed_stays() {
    let hosts = group(3);
    hosts.get("open").trip();
    hosts.get("forced").force_closed();
    for key in 0..10 {
        succeed(&hosts.get(key));
    }
    assert_eq!(keys(&hosts), ["9", "forced", "open"]);
    assert_eq!(hosts.get("open").state(), State::Open);
    assert_eq!(
        hosts.snapshot().totals.successes,
        10,
        "the totals of evicted breakers stay"
    );
}

#[test]
fn a_breaker_with_a_call_in_flight_stays() {
    let hosts = group(1);
    let permit = hosts.get("busy").try_acquire_owned().expect("closed");
    assert_eq!(hosts.get("other").name(), "hosts[*]");
    assert_eq!(hosts.get("another").name(), "hosts[*]", "all share one");
    permit.success();
    assert_eq!(hosts.get("other").name(), "hosts[other]");
    assert!(hosts.snapshot().has_overflowed);
}

#[test]
fn a_call_in_flight_of_each_kind_keeps_its_breaker() {
    let timed = |settings: Settings| settings.with_slow_call(std::time::Duration::from_secs(1));
    for settings in [Settings::DEFAULT, timed(Settings::DEFAULT)] {
        let hosts = registry()
            .keyed("hosts")
            .settings(settings)
            .max_keys(1)
            .build()
            .expect("legal");
        let busy = hosts.get("busy");
        let permit = busy.try_acquire().expect("closed");
        assert_eq!(hosts.get("other").key(), Some("*"));
        drop(permit);
        assert_eq!(hosts.get("other").key(), Some("other"));
    }
}

#[test]
fn a_breaker_that_became_busy_after_the_search_is_put_back() {
    let hosts = group(1);
    let permit = hosts.get("a").try_acquire_owned().expect("closed");
    let victim = Arc::clone(&lock(&hosts.group.slots).entries()[0]);
    assert!(!hosts.group.take_out(&victim));
    assert!(hosts.find("a").is_some(), "it is in the map again");
    permit.success();
    assert!(hosts.group.take_out(&victim));
    assert!(hosts.find("a").is_none());
}

#[test]
fn the_handle_of_an_evicted_breaker_keeps_working_on_the_old_state() {
    let hosts = group(1);
    let old = hosts.get("a");
    fail(&old);
    hosts.get("b");
    fail(&old);
    assert_eq!(old.state(), State::Open, "2 failures, one before and one after");
    assert_eq!(old.try_acquire().expect_err("open").name(), "hosts[a]");
    assert_eq!(hosts.get("a").state(), State::Closed);
    assert_eq!(hosts.snapshot().totals.failures, 2, "also while the handle lives");
    drop(old);
    assert_eq!(hosts.snapshot().totals.failures, 2);
}

#[test]
fn a_kept_rejection_loses_the_key_but_never_names_another() {
    // The places of names are shared by all groups of a name.
    let hosts = registry().keyed("kept").max_keys(1).build().expect("legal");
    let old = hosts.get("a");
    old.trip();
    let rejected = old.try_acquire().expect_err("open");
    old.reset();
    drop(old);
    hosts.get("b");
    hosts.get("c");
    assert_eq!(rejected.name(), "kept[…]");
    assert_eq!(
        rejected.to_string(),
        "circuit breaker `kept[…]` is open, retry in 30s"
    );
}

#[test]
fn a_key_whose_display_panics_costs_its_call_only() {
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no text")
        }
    }
    impl Key for Panics {}
    struct Fails;
    impl fmt::Display for Fails {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    impl Key for Fails {}
    let hosts = group(2);
    assert!(catch_unwind(AssertUnwindSafe(|| hosts.get(Panics))).is_err());
    assert_eq!(hosts.get(Fails).key(), Some("half"));
    assert_eq!(hosts.snapshot().keys, 1);
}

#[test]
fn keys_of_any_length_and_of_any_character_have_bounded_names() {
    let hosts = group(1_000);
    let long = "k".repeat(10_000);
    for key in [long.as_str(), "a\0b", "*", "…", ""] {
        let name = hosts.get(key).name().to_owned();
        assert!(name.chars().count() < 400, "{name}");
        assert!(!name.chars().any(is_unprintable), "{name:?}");
        assert_eq!(hosts.get(key).name(), name, "it is found again");
    }
    assert_eq!(hosts.snapshot().keys, 5, "none is the overflow breaker");
}

#[test]
fn a_registry_finds_groups_and_keyed_breakers_by_name() {
    let registry = registry();
    let hosts = registry.keyed("a[b]").build().expect("legal");
    hosts.get("c[d]").trip();
    let found = registry.get("a[b][c[d]]").expect("it exists");
    assert_eq!(found.state(), State::Open);
    assert!(registry.get("a[b][unknown]").is_none(), "looking up makes none");
    assert!(registry.get("a[b]").is_none(), "a group is not a breaker");
    assert_eq!(registry.group("a[b]").expect("it exists").snapshot().keys, 1);
    assert_eq!(
        registry
            .groups()
            .map(|group| group.name().to_owned())
            .collect::<Vec<_>>(),
        ["a[b]"]
    );
    assert_eq!(registry.iter().count(), 0);
}

#[test]
fn builders_of_one_name_get_one_group_or_an_error() {
    let registry = registry();
    let hosts = registry
        .keyed("hosts")
        .threshold(3)
        .max_keys(7)
        .build()
        .expect("legal");
    let same = registry.keyed("hosts").build().expect("only a name");
    assert_eq!((same.settings(), same.max_keys()), (hosts.settings(), 7));
    let error = |result: Result<KeyedBreakers, ConfigError>| result.expect_err("differs").to_string();
    assert_eq!(
        error(registry.keyed("hosts").threshold(4).build()),
        "circuit breaker `hosts` already exists with `threshold` 3, not 4"
    );
    assert_eq!(
        error(registry.keyed("hosts").max_keys(8).build()),
        "circuit breaker `hosts` already exists with `max_keys` 7, not 8"
    );
    assert_eq!(
        error(registry.keyed("other").max_keys(0).build()),
        "`max_keys` is 0; use 1 to 100000"
    );
    assert_eq!(
        error(registry.keyed("other").max_keys(100_001).build()),
        "`max_keys` is 100001; use 1 to 100000"
    );
    assert_eq!(
        registry
            .breaker("hosts")
            .build()
            .expect_err("a group")
            .to_string(),
        "circuit breaker `hosts` has keys; build it with `keyed`, or use another name"
    );
    registry.breaker("single").build().expect("legal");
    assert_eq!(
        error(registry.keyed("single").build()),
        "circuit breaker `single` exists without keys; give the keyed breakers another name"
    );
}

#[test]
fn events_reach_the_key_the_group_and_the_registry() {
    use std::sync::Mutex;
    let registry = registry();
    let hosts = registry.keyed("hosts").build().expect("legal");
    let log = Arc::new(Mutex::new(Vec::new()));
    let note = |from: &'static str| {
        let log = Arc::clone(&log);
        move |event: &crate::Event| {
            let (name, group) = (
                event.name().unwrap_or_default(),
                event.group().unwrap_or_default(),
            );
            log.lock()
                .expect("no panic")
                .push(format!("{from}: {name} of {group}"));
        }
    };
    let _all = registry.on_event(note("registry"));
    let _group = hosts.on_event(note("group"));
    let _key = hosts.get("eu").on_event(note("key"));
    hosts.get("eu").trip();
    hosts.get("us").trip();
    let mut seen = log.lock().expect("no panic").clone();
    seen.sort();
    assert_eq!(
        seen,
        [
            "group: hosts[eu] of hosts",
            "group: hosts[us] of hosts",
            "key: hosts[eu] of hosts",
            "registry: hosts[eu] of hosts",
            "registry: hosts[us] of hosts",
        ]
    );
}

#[test]
fn new_settings_hold_for_all_keys_and_for_those_to_come() {
    let hosts = group(10);
    let old = hosts.get("old");
    let one = Settings::DEFAULT.with_threshold(Threshold::failures(1));
    hosts.reconfigure(one).expect("legal");
    assert_eq!(
        (old.settings(), hosts.get("new").settings(), hosts.settings()),
        (one, one, one)
    );
    let illegal = one.with_trial_calls(0);
    hosts.reconfigure(illegal).expect_err("no trial calls");
    assert_eq!(hosts.settings(), one);
    // A busy breaker stays busy under new settings.
    let permit = old.try_acquire().expect("closed");
    hosts.reconfigure(Settings::DEFAULT).expect("legal");
    for key in 0..20 {
        hosts.get(key);
    }
    assert!(keys(&hosts).contains(&"old".to_owned()));
    permit.success();
}

#[test]
fn a_group_of_many_open_breakers_finds_the_last_idle_one() {
    let hosts = group(1_000);
    for key in 0..1_000 {
        let breaker = hosts.get(key);
        if key != 700 {
            breaker.trip();
        }
    }
    for key in ["a", "b", "c"] {
        assert_eq!(
            hosts.get(key).key(),
            Some(key),
            "one place is free for an idle breaker"
        );
    }
    hosts.get("c").trip();
    for key in 0..100 {
        assert_eq!(hosts.get(format_args!("new-{key}")).key(), Some("*"));
    }
    hosts.get(3).reset();
    let found = (0..32).find(|key| hosts.get(format_args!("newer-{key}")).key() != Some("*"));
    assert!(
        found.is_some(),
        "a full search comes after at most 1,000 / 64 short ones"
    );
}

#[test]
fn a_key_is_kept_on_the_stack() {
    assert!(size_of::<ShortKey>() <= 144);
    assert!(size_of::<KeyText>() <= 544);
}

#[test]
fn threads_that_use_more_keys_than_fit_lose_no_call() {
    let hosts = group(5);
    std::thread::scope(|scope| {
        for thread in 0..4_u32 {
            let hosts = &hosts;
            scope.spawn(move || {
                for call in 0..2_000_u32 {
                    succeed(&hosts.get((call * 7 + thread * 3) % 17));
                }
            });
        }
    });
    let snapshot = hosts.snapshot();
    assert_eq!(snapshot.totals.successes, 8_000);
    assert!(snapshot.keys <= 5);
    assert_eq!(
        hosts.iter().count(),
        snapshot.keys + usize::from(snapshot.has_overflowed)
    );
}
