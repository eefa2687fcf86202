//! Settings of a group of keyed breakers and of single keys.

use std::{fs, io, time::Duration};

use fusebox::{
    ConfigError, KeyedBreakers, Operator, Registry, State, Threshold, Window, circuit_breaker,
    config::Overrides, testing::Isolated,
};

use super::{apply, source};

const FILE: &str = "
[breaker.orders]
threshold = '50%'
window = '10s'
cooldown = '5s'

[breaker.'orders[eu-*]']
window = 20
trial_calls = 3

[breaker.'orders[us-1]']
mode = 'forced_open'
";

fn orders(registry: &Registry) -> KeyedBreakers {
    registry.keyed("orders").build().expect("legal")
}

fn explained(group: &KeyedBreakers, key: &str) -> String {
    group.get(key).settings().explained().to_string()
}

#[test]
fn a_file_and_variables_set_a_group_and_single_keys() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("fusebox.toml");
    fs::write(&path, FILE).expect("written");
    let shown = path.display();
    let expected = |eu: bool, variable: &str| {
        let window = if eu {
            format!("20 calls ({shown}:8)")
        } else {
            format!("10s ({shown}:4)")
        };
        let trial_calls = if eu {
            format!("3 ({shown}:9)")
        } else {
            "1".to_owned()
        };
        format!(
            "threshold 50% ({shown}:3), window {window}, minimum_calls {variable}, cooldown 5s ({shown}:5), \
             trial_calls {trial_calls}"
        )
    };
    let of_group = "4 (env FUSEBOX__ORDERS__MINIMUM_CALLS)";
    let of_key = "6 (env FUSEBOX__ORDERS_EU_2___MINIMUM_CALLS)";
    let registry = Registry::new();
    let group = orders(&registry);
    let before = group.get("eu-1");
    let generation = before.generation();
    let overrides = Overrides::from_vars([
        ("FUSEBOX_CONFIG", path.to_str().expect("UTF-8")),
        ("FUSEBOX__ORDERS__MINIMUM_CALLS", "4"),
        ("FUSEBOX__ORDERS_EU_2___MINIMUM_CALLS", "6"),
    ]);
    let applied = overrides.expect("correct").apply(&registry).expect("fits");
    assert!(applied.warnings().is_empty(), "{applied}");
    assert_eq!(before.generation(), generation + 1, "it changes in place");
    assert_eq!(explained(&group, "eu-1"), expected(true, of_group));
    assert_eq!(explained(&group, "eu-2"), expected(true, of_key), "made later");
    assert_eq!(explained(&group, "asia"), expected(false, of_group), "made later");
    assert_eq!(
        group.settings().explained().to_string(),
        expected(false, of_group)
    );
    assert_eq!(group.get("us-1").state(), State::ForcedOpen);
    let later = registry.keyed("later").build().expect("legal");
    assert_eq!(later.settings().cooldown(), Duration::from_secs(30));
}

#[test]
fn a_new_file_changes_every_breaker_of_a_group_the_kind_of_its_window_included() {
    let registry = Registry::new();
    let group = orders(&registry);
    let all: Vec<_> = ["eu-1", "us-1", "us-2"]
        .into_iter()
        .map(|key| group.get(key))
        .collect();
    let _ = apply(&registry, FILE);
    assert_eq!(all[0].settings().window().and_then(Window::as_calls), Some(20));
    assert_eq!(
        all[2].settings().window().and_then(Window::as_time),
        Some(Duration::from_secs(10))
    );
    let applied = apply(
        &registry,
        "[breaker.orders]\nthreshold = 3\n[breaker.'orders[us-2]']\nwindow = 7",
    );
    assert_eq!(all[0].settings().window(), None);
    assert_eq!(all[2].settings().window().and_then(Window::as_calls), Some(7));
    assert_eq!(all[1].state(), State::Closed, "it is not forced any more");
    let changed: Vec<_> = applied
        .changes()
        .iter()
        .filter(|change| change.key == "window")
        .map(|change| (change.breaker.to_string(), change.to.clone()))
        .collect();
    assert_eq!(
        changed,
        [
            ("orders[eu-1]".to_owned(), "off".to_owned()),
            ("orders[us-1]".to_owned(), "off".to_owned()),
            ("orders[us-2]".to_owned(), "7 calls".to_owned()),
        ]
    );
}

#[test]
fn values_that_an_operator_has_set_for_a_group_stay() {
    let registry = Registry::new();
    let _ = apply(&registry, FILE);
    let group = orders(&registry);
    let old = group.get("old");
    let changed = group.settings().with_threshold(Threshold::rate(0.9));
    group.reconfigure(changed).expect("legal");
    let _ = apply(
        &registry,
        "[breaker.orders]\nthreshold = '50%'\nwindow = '20s'\ncooldown = '6s'",
    );
    for breaker in [old, group.get("new")] {
        let settings = breaker.settings();
        assert_eq!(settings.threshold(), Threshold::rate(0.9), "the operator");
        assert_eq!(settings.cooldown(), Duration::from_secs(6), "the file");
    }
    let one = group.get("one");
    one.reconfigure_by(
        one.settings().with_trial_calls(9),
        Operator::new("anna", "a test"),
    )
    .expect("legal");
    let _ = apply(
        &registry,
        "[breaker.orders]\nthreshold = '50%'\nwindow = '20s'\ntrial_calls = 2",
    );
    assert_eq!(one.settings().trial_calls(), 9);
    assert_eq!(group.get("new").settings().trial_calls(), 2);
}

#[test]
fn a_builder_of_a_group_that_the_file_does_not_fit_gets_the_error() {
    let registry = Registry::new();
    let _ = apply(&registry, "[breaker.orders]\nminimum_calls = 5");
    let error = registry.keyed("orders").build().expect_err("no rate");
    assert!(
        matches!(error, ConfigError::MinimumNeedsRate { calls: 5 }),
        "{error}"
    );
    assert!(registry.group("orders").is_none(), "nothing is registered");
    let file = "[breaker.orders]\nminimum_calls = 5\nthreshold = '50%'\nwindow = 10";
    let _ = apply(&registry, file);
    let group = registry
        .keyed("orders")
        .threshold(Threshold::failures(3))
        .build()
        .expect("the file gives a rate");
    let error = registry.keyed("orders").threshold(Threshold::failures(4)).build();
    assert!(matches!(error, Err(ConfigError::Conflict { .. })));
    for given in [Threshold::failures(3), group.settings().threshold()] {
        let builder = registry.keyed("orders").threshold(given);
        let builder = if given.as_failures().is_none() {
            builder.window(Window::calls(10)).minimum_calls(5)
        } else {
            builder
        };
        builder.build().expect("the declared settings, or those in force");
    }
}

#[test]
fn a_table_of_a_key_is_checked_before_the_key_has_a_breaker() {
    let registry = Registry::new();
    let group = orders(&registry);
    for name in ["orders[eu-1]", "orders[eu-*]"] {
        let file = format!("[breaker.orders]\ncooldown = '5s'\n[breaker.'{name}']\nminimum_calls = 5");
        let invalid = Overrides::from_toml(&file)
            .expect("correct by itself")
            .apply(&registry);
        assert_eq!(
            invalid.expect_err("no rate").to_string(),
            format!(
                "fusebox.toml:4:1: circuit breaker `{name}`: `minimum_calls` is 5, but no rate is judged; give `threshold` \
                 as a rate or leave it out"
            )
        );
        assert_eq!(
            group.settings().cooldown(),
            Duration::from_secs(30),
            "all or nothing"
        );
    }
}

#[test]
fn a_variable_belongs_to_the_first_breaker_that_it_stands_for() {
    let registry = Registry::new();
    let overrides = Overrides::from_vars([
        ("FUSEBOX__ORDERS_EU_1___COOLDOWN", "5s"),
        ("FUSEBOX__PAY_MENTS__COOLDOWN", "6s"),
    ]);
    let _ = overrides.expect("correct").apply(&registry).expect("fits");
    let group = orders(&registry);
    let cooldown = |key: &str| group.get(key).settings().cooldown().as_secs();
    assert_eq!((cooldown("eu-1"), cooldown("eu.1"), cooldown("eu-1")), (5, 30, 5));
    registry.breaker("pay-ments").build().expect("the first");
    let error = registry.breaker("pay.ments").build().expect_err("ambiguous");
    assert_eq!(
        error.to_string(),
        "the variable `FUSEBOX__PAY_MENTS__COOLDOWN` stands for the circuit breaker `pay-ments` too; set the value in a file"
    );
    assert!(registry.get("pay.ments").is_none());
}

#[circuit_breaker(name = "configuration-keyed", key = shard, timeout = "2s")]
async fn with_a_timeout(shard: u32) -> io::Result<u32> {
    tokio::time::sleep(Duration::from_secs(60)).await;
    Ok(shard)
}

#[cfg_attr(
    not(feature = "catalog"),
    ignore = "the function is not called when the file is checked"
)]
#[tokio::test(start_paused = true)]
async fn a_timeout_and_a_mode_reach_the_keys_of_a_function() {
    let isolated = Isolated::new();
    let file = "
        [breaker.configuration-keyed]
        timeout = '500ms'
        [breaker.'configuration-keyed[2]']
        timeout = '1s'
    ";
    let applied = apply(isolated.registry(), file);
    assert!(applied.warnings().is_empty(), "{applied}");
    for (shard, millis) in [(1, 500), (2, 1_000), (3, 500)] {
        let started = tokio::time::Instant::now();
        isolated.run(with_a_timeout(shard)).await.expect_err("too slow");
        assert_eq!(started.elapsed(), Duration::from_millis(millis), "{shard}");
    }
    let group = isolated.registry().group("configuration-keyed").expect("called");
    assert_eq!(source(&group.get(1), "cooldown"), "default");
}

/// A key that is evicted and comes back gets its table and its mode again.
#[test]
fn a_key_that_comes_back_gets_its_own_settings_and_its_mode_again() {
    let registry = Registry::new();
    let _ = apply(&registry, FILE);
    let group = registry.keyed("orders").max_keys(2).build().expect("legal");
    for round in 0..3 {
        let eu = group.get("eu-1");
        assert_eq!(
            eu.settings().window().and_then(Window::as_calls),
            Some(20),
            "{round}"
        );
        assert_eq!(eu.settings().trial_calls(), 3);
        drop(eu);
        let us = group.get("us-1");
        assert_eq!(us.state(), State::ForcedOpen, "{round}");
        let change = us.snapshot().last_change.expect("an override");
        let operator = change.operator.expect("the file").to_string();
        assert!(operator.starts_with("fusebox.toml:12"), "{operator}");
        // A forced breaker is never evicted, so the other place is used for all others.
        for key in 0..10 {
            group.get(key);
        }
        assert!(registry.get("orders[eu-1]").is_none(), "evicted");
        assert!(registry.get("orders[us-1]").is_some(), "forced");
    }
    // Not forced any more, it may go, and comes back without a mode.
    let _ = apply(&registry, "[breaker.orders]\ncooldown = '7s'");
    for key in 0..10 {
        group.get(key);
    }
    assert!(registry.get("orders[us-1]").is_none());
    assert_eq!(group.get("us-1").state(), State::Closed);
    assert_eq!(group.get("us-1").settings().cooldown(), Duration::from_secs(7));
    // And a mode that the file gets later reaches keys that exist and keys to come.
    let _ = apply(&registry, FILE);
    assert_eq!(group.get("us-1").state(), State::ForcedOpen);
}

/// Neither `None` nor the shared breaker is a key that text can have.
#[test]
fn the_breakers_of_none_and_of_all_other_keys_have_tables_of_their_own() {
    let registry = Registry::new();
    let _ = apply(
        &registry,
        "
        [breaker.'orders[(none)]']
        cooldown = '1s'
        [breaker.'orders[*]']
        cooldown = '2s'
        ",
    );
    let group = registry.keyed("orders").max_keys(1).build().expect("legal");
    let none = group.get(None::<&str>);
    none.trip();
    let all = group.get("other");
    assert_eq!((none.name(), all.name()), ("orders[(none)]", "orders[*]"));
    assert_eq!(
        none.settings().cooldown(),
        Duration::from_secs(1),
        "its exact name"
    );
    // `*` is a pattern too, and this one matches every key.
    assert_eq!(all.settings().cooldown(), Duration::from_secs(2));
}

/// Every breaker that a thread gets has the settings of one of the files, and
/// never of a mixture.
#[test]
fn keys_that_are_made_while_the_file_changes_have_the_settings_of_one_file() {
    let registry = Registry::new();
    let group = registry.keyed("orders").max_keys(8).build().expect("legal");
    let files = [3_u32, 4, 5].map(|number| {
        let file = format!("[breaker.orders]\ncooldown = '{number}s'\ntrial_calls = {number}\n");
        Overrides::from_toml(&file).expect("correct")
    });
    let _ = files[0].apply(&registry).expect("fits");
    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let group = &group;
            scope.spawn(move || {
                for call in 0..2_000_u64 {
                    let breaker = group.get((call * 7 + thread) % 40);
                    let settings = breaker.settings();
                    let cooldown = settings.cooldown().as_secs();
                    assert_eq!(u64::from(settings.trial_calls()), cooldown);
                    assert!((3..=5).contains(&cooldown));
                    breaker.try_acquire().expect("closed").success();
                }
            });
        }
        for change in 0..300 {
            let _ = files[change % 3].apply(&registry).expect("fits");
        }
    });
    let _ = files[2].apply(&registry).expect("fits");
    for breaker in &group {
        assert_eq!(breaker.settings().trial_calls(), 5, "{}", breaker.name());
    }
    assert_eq!(group.snapshot().totals.successes, 16_000);
}
