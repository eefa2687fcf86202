//! Keys, eviction and overflow.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    CircuitBreaker, ConfigError, Key, KeyedBreakers, OwnedPermit, Registry, Settings, State, Threshold,
    by_display,
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
    struct Fails;
    impl Key for Fails {
        fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
            text.write_str("half")?;
            Err(fmt::Error)
        }
    }
    let hosts = group(2);
    assert!(catch_unwind(AssertUnwindSafe(|| hosts.get(by_display(&Panics)))).is_err());
    assert_eq!(hosts.get(Fails).key(), Some("half"));
    assert_eq!(hosts.snapshot().keys, 1);
}

#[test]
fn none_is_a_key_that_no_text_is_equal_to() {
    let hosts = group(20);
    let none = hosts.get(None::<&str>);
    assert_eq!((none.name(), none.key()), ("hosts[(none)]", Some("(none)")));
    none.trip();
    for same in [
        hosts.get(None::<u64>),
        hosts.get(&None::<String>),
        hosts.get(Some(None::<u8>)),
    ] {
        assert_eq!(same.state(), State::Open, "whatever it could have been");
    }
    let texts = ["(none)", "(None)", "none", "None", "", "-", "*", "…", "0"];
    for text in texts {
        for other in [
            hosts.get(text),
            hosts.get(Some(text)),
            hosts.get(by_display(&text)),
        ] {
            assert_eq!(other.state(), State::Closed, "{text:?}");
            assert_ne!(other.name(), none.name());
        }
    }
    let text = hosts.get("(none)");
    assert!(
        text.key().is_some_and(|key| key.starts_with("(none)#")),
        "{}",
        text.name()
    );
    assert_eq!(hosts.snapshot().keys, 1 + texts.len());
    assert_eq!(hosts.find("(none)").expect("it exists").state(), State::Open);
}

#[test]
fn a_number_is_the_key_that_its_text_is() {
    let hosts = group(100);
    for (number, text) in [
        (hosts.get(7_u8), "7"),
        (hosts.get(7_i64), "7"),
        (hosts.get(Some(7_u128)), "7"),
        (hosts.get(std::num::NonZeroU16::new(7)), "7"),
        (hosts.get(7.0), "7"),
        (hosts.get(-7_i32), "-7"),
        (hosts.get(0_usize), "0"),
        (hosts.get(u64::MAX), "18446744073709551615"),
        (hosts.get(i64::MIN), "-9223372036854775808"),
        (hosts.get(u128::MAX), "340282366920938463463374607431768211455"),
    ] {
        number.trip();
        assert_eq!(number.key(), Some(text));
        for same in [
            hosts.get(text),
            hosts.get(format_args!("{text}")),
            hosts.find(text).expect("it exists"),
        ] {
            assert_eq!((same.state(), same.name()), (State::Open, number.name()));
            assert_eq!(same.snapshot().transitions, number.snapshot().transitions);
        }
        number.reset();
    }
    let count = hosts.snapshot().keys;
    for text in ["007", "-0", "+7", "7 ", "7.0", "٧"] {
        assert_eq!(hosts.get(text).key(), Some(text), "it is a text");
        assert_eq!(hosts.find(text).expect("it exists").key(), Some(text));
    }
    assert_eq!(hosts.snapshot().keys, count + 6);
}

#[test]
fn numbers_are_evicted_and_made_again_like_texts() {
    let hosts = group(3);
    hosts.get(1).trip();
    let busy = hosts.get(2).try_acquire_owned().expect("closed");
    for key in 3..200_u64 {
        assert_eq!(hosts.get(key).key(), Some(&*key.to_string()));
        assert_eq!(
            hosts.get(format!("text-{key}")).key(),
            Some(&*format!("text-{key}"))
        );
    }
    assert_eq!(keys(&hosts), ["1", "2", "text-199"]);
    assert!(hosts.find("199").is_none() && hosts.find("text-198").is_none());
    drop(busy);
}

/// The group is not locked while a key is written.
#[test]
fn a_key_may_use_its_group_while_it_is_written() {
    struct Recursive<'a>(&'a KeyedBreakers, u8);
    impl fmt::Display for Recursive<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            if self.1 == 0 {
                return f.write_str("end");
            }
            let inner = self.0.get(by_display(&Recursive(self.0, self.1 - 1)));
            self.0.get("other").try_acquire().expect("closed").success();
            write!(f, "{}>", inner.key().unwrap_or_default())
        }
    }
    for max_keys in [1, 2, 100] {
        let hosts = group(max_keys);
        assert_eq!(hosts.get(by_display(&Recursive(&hosts, 3))).key(), Some("end>>>"));
        assert_eq!(hosts.get(by_display(&Recursive(&hosts, 3))).key(), Some("end>>>"));
    }
}

/// Each look-up takes the text that the key has then.
#[test]
fn a_key_whose_text_changes_is_another_key() {
    struct Counter(std::cell::Cell<u8>);
    impl Key for Counter {
        fn write(&self, text: &mut dyn fmt::Write) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            write!(text, "key-{}", self.0.get())
        }
    }
    let hosts = group(10);
    let counter = Counter(std::cell::Cell::new(0));
    assert_eq!(
        hosts.get(&counter).key(),
        Some("key-1"),
        "a new key is written once"
    );
    assert_eq!(hosts.get(&counter).key(), Some("key-2"));
    assert_eq!(keys(&hosts), ["key-1", "key-2"]);
}

#[test]
fn keys_with_brackets_have_breakers_of_their_own() {
    let registry = registry();
    let hosts = registry.keyed("hosts").build().expect("legal");
    let keys = ["]", "[", "a]", "a][b", "[*]", "hosts[a]", "a]#", "\\", "\\u{5d}"];
    for key in keys {
        hosts.get(key).trip();
        let name = format!("hosts[{key}]");
        assert_eq!(hosts.get(key).name(), name);
        assert_eq!(registry.get(&name).expect("it exists").key(), Some(key));
    }
    assert_eq!(hosts.snapshot().open, keys.len());
}

/// A name has no room for more than the hash.
#[test]
fn an_escaped_key_is_equal_to_the_text_of_its_name_only() {
    let hosts = group(100);
    for key in ["a\nb", "*", "…", "(none)", "\u{202e}", &"long".repeat(100)] {
        let name = hosts.get(key).key().expect("keyed").to_owned();
        let (start, hash) = name.split_once('#').expect("hashed");
        assert_eq!(hosts.get(name.as_str()).key(), Some(&*name));
        for other in [hash.to_owned(), format!("{start}#"), format!("{start}#0{hash}")] {
            assert_ne!(hosts.get(other.as_str()).key(), Some(&*name), "{other:?}");
        }
    }
    assert_ne!(hosts.get("a\nb").name(), hosts.get("a\\nb").name());
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

/// Each thread has an open, a forced and a busy key, while all threads together
/// use more keys than fit.
#[test]
fn eviction_under_load_evicts_no_breaker_that_is_open_forced_or_busy() {
    const THREADS: u64 = 8;
    const CALLS: u64 = 500;
    let hosts = group(24);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let hosts = &hosts;
            scope.spawn(move || {
                let (open, forced, busy) = own(thread);
                let held = occupy(hosts, thread);
                for call in 0..CALLS {
                    let passing = hosts.get(THREADS * call + thread);
                    if let Ok(permit) = passing.try_acquire_owned() {
                        permit.success();
                    }
                    assert_eq!(hosts.get(&open).state(), State::Open, "never evicted");
                    assert_eq!(hosts.get(&forced).state(), State::ForcedClosed, "never evicted");
                    assert_eq!(hosts.get(&busy).snapshot().totals.failures, 1, "never evicted");
                }
                held.ignore();
            });
        }
    });
    let snapshot = hosts.snapshot();
    assert!(snapshot.keys <= 24, "{}", snapshot.keys);
    assert_eq!(
        snapshot.totals.successes + snapshot.totals.rejected,
        THREADS * CALLS
    );
    for thread in 0..THREADS {
        let (open, forced, _) = own(thread);
        assert_eq!(state_of(&hosts, &open), Some(State::Open));
        assert_eq!(state_of(&hosts, &forced), Some(State::ForcedClosed));
    }
}

/// Opens, forces and uses the three keys of a thread.
///
/// Each may be evicted between a look-up and what follows, so this tries until none was.
fn occupy(hosts: &KeyedBreakers, thread: u64) -> OwnedPermit {
    let (open, forced, busy) = own(thread);
    while state_of(hosts, &open) != Some(State::Open) {
        hosts.get(&open).trip();
    }
    while state_of(hosts, &forced) != Some(State::ForcedClosed) {
        hosts.get(&forced).force_closed();
    }
    loop {
        let handle = hosts.get(&busy);
        let held = handle.try_acquire_owned().expect("closed");
        fail(&handle);
        let found = hosts.find(&busy);
        if found.is_some_and(|breaker| breaker.snapshot().totals.failures == 1) {
            return held;
        }
        held.ignore();
    }
}

fn state_of(hosts: &KeyedBreakers, key: &str) -> Option<State> {
    hosts.find(key).map(|breaker| breaker.state())
}

/// Returns the three keys of a thread.
fn own(thread: u64) -> (String, String, String) {
    let key = |kind| format!("{kind}-{thread}");
    (key("open"), key("forced"), key("busy"))
}

/// A waiter has a handle. The breaker that it waits for is open, so it stays.
#[tokio::test]
async fn a_waiter_gets_its_permit_while_other_keys_compete_for_the_place() {
    let clock = ManualClock::new();
    let registry = Registry::builder().clock(clock.clone()).build();
    let hosts = registry
        .keyed("waiting")
        .threshold(1)
        .max_keys(1)
        .build()
        .expect("legal");
    fail(&hosts.get("a"));
    let waiting = hosts.get("a");
    let waiter = tokio::spawn(async move { waiting.ready().await.success() });
    for key in 0..100 {
        assert_eq!(hosts.get(key).key(), Some("*"));
        tokio::task::yield_now().await;
    }
    clock.advance(std::time::Duration::from_secs(31));
    waiter.await.expect("it gets a trial call");
    assert_eq!(hosts.get("a").state(), State::Closed);
    assert_eq!(hosts.get("b").key(), Some("b"), "now it is idle");
}

#[test]
fn a_thousand_long_keys_in_a_full_group_share_one_breaker() {
    let hosts = group(2);
    hosts.get("a").trip();
    hosts.get("b").trip();
    let long = "k".repeat(10_000);
    for key in 0..1_000 {
        assert_eq!(hosts.get(format_args!("{long}{key}")).key(), Some("*"));
    }
    let snapshot = hosts.snapshot();
    assert_eq!((snapshot.keys, snapshot.evicted), (2, 0));
}
