//! Which of several values wins.

use std::{io, time::Duration};

use fusebox::{
    Operator, Rate, Registry, Settings, Threshold, Window, circuit_breaker, config::Overrides,
    testing::Isolated,
};

use super::{apply, breaker, source};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn each_layer_wins_over_the_layers_before_it() {
    const FILE: &str = "
        [defaults]
        cooldown = '2s'
        [template.critical]
        cooldown = '4s'
        [breaker.templated]
        extends = 'critical'
        [breaker.own]
        extends = 'critical'
        cooldown = '5s'
        [breaker.variable]
        cooldown = '5s'
    ";
    let registry = Registry::new();
    let cooldown = |name: &str| {
        let built = registry.breaker(name).cooldown(seconds(3)).build();
        built.expect("no conflict").settings().cooldown()
    };
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("fusebox.toml");
    std::fs::write(&path, FILE).expect("written");
    let variables = [
        ("FUSEBOX_CONFIG", path.to_str().expect("UTF-8")),
        ("FUSEBOX__VARIABLE__COOLDOWN", "6s"),
    ];
    assert_eq!(
        breaker(&Registry::new(), "plain").settings().cooldown(),
        seconds(30),
        "the crate"
    );
    let _ = Overrides::from_vars(variables)
        .expect("correct")
        .apply(&registry)
        .expect("fits");
    assert_eq!(
        breaker(&registry, "plain").settings().cooldown(),
        seconds(2),
        "`[defaults]`"
    );
    assert_eq!(cooldown("built"), seconds(3), "the builder");
    assert_eq!(cooldown("templated"), seconds(4), "the template");
    assert_eq!(cooldown("own"), seconds(5), "`[breaker]`");
    assert_eq!(cooldown("variable"), seconds(6), "the environment");
    let variable = breaker(&registry, "variable");
    let settings = variable.settings().with_cooldown(seconds(7));
    variable
        .reconfigure_by(settings, Operator::new("anna", "a test"))
        .expect("fits");
    let _ = Overrides::from_vars(variables)
        .expect("correct")
        .apply(&registry)
        .expect("fits");
    assert_eq!(variable.settings().cooldown(), seconds(7), "the operator");
}

const LINE: u32 = line!() + 1;
#[circuit_breaker(name = "configuration-sources", threshold = "50%", window = 20)]
async fn annotated() -> io::Result<()> {
    Ok(())
}

#[tokio::test]
async fn settings_have_the_source_of_each_value() {
    let isolated = Isolated::new();
    let registry = isolated.registry();
    let overrides = "[breaker.configuration-sources]\nthreshold = '60%'\n[defaults]\njitter = '20%'";
    let _ = apply(registry, overrides);
    isolated.run(annotated()).await.expect("a success");
    let annotated = registry.get("configuration-sources").expect("called");
    annotated
        .reconfigure_by(
            annotated.settings().with_trial_calls(3),
            Operator::new("anna", "a test"),
        )
        .expect("fits");
    let (line, built) = (line!(), registry.breaker("configuration-built"));
    let built = built.cooldown(seconds(3)).build().expect("no conflict");
    assert_eq!(source(&annotated, "threshold"), "fusebox.toml:2");
    assert_eq!(source(&annotated, "jitter"), "fusebox.toml:4");
    assert_eq!(
        source(&annotated, "window"),
        format!("attribute {}:{LINE}", file!())
    );
    assert_eq!(source(&annotated, "trial_calls"), "operator anna");
    assert_eq!(source(&annotated, "max_cooldown"), "default");
    assert_eq!(source(&built, "cooldown"), format!("builder {}:{line}", file!()));
    assert_eq!(
        annotated.settings().explained().to_string(),
        format!(
            "threshold 60% (fusebox.toml:2), window 20 calls (attribute {}:{LINE}), minimum_calls 10, cooldown 30s, \
             jitter 20% (fusebox.toml:4), trial_calls 3 (operator anna)",
            file!()
        )
    );
}

#[test]
fn sources_are_not_compared() {
    let code = Settings::DEFAULT.with_cooldown(seconds(30));
    assert_eq!(code, Settings::DEFAULT);
    assert_ne!(code.source("cooldown"), Settings::DEFAULT.source("cooldown"));
}

#[test]
fn an_exact_name_wins_over_every_pattern_and_the_longest_pattern_over_the_others() {
    let registry = Registry::new();
    let _ = apply(
        &registry,
        "
        [breaker.'*']
        cooldown = '1s'
        [breaker.'inventory*']
        cooldown = '2s'
        [breaker.'inventory-*-eu']
        cooldown = '3s'
        [breaker.inventory-eu]
        cooldown = '4s'
        [breaker.'inventory-exact-with-a-pattern*']
        cooldown = '5s'
        [breaker.inventory-exact-with-a-pattern]
        cooldown = '6s'
        ",
    );
    for (name, expected) in [
        ("orders", 1),
        ("inventory", 2),
        ("inventory-stock", 2),
        ("inventory-stock-eu", 3),
        ("inventory--eu", 3),
        ("inventory-eu", 4),
        ("inventory-exact-with-a-pattern-too", 5),
        ("inventory-exact-with-a-pattern", 6),
    ] {
        let breaker = breaker(&registry, name);
        assert_eq!(breaker.settings().cooldown(), seconds(expected), "{name}");
    }
}

#[test]
fn a_table_of_a_group_applies_to_its_keys_and_a_table_of_a_key_wins() {
    let registry = Registry::new();
    let _ = apply(
        &registry,
        "
        [breaker.inventory]
        cooldown = '2s'
        trial_calls = 3
        [breaker.'inventory[eu-1]']
        cooldown = '3s'
        ",
    );
    let (eu, us) = (
        breaker(&registry, "inventory[eu-1]"),
        breaker(&registry, "inventory[us-1]"),
    );
    assert_eq!(
        (eu.settings().cooldown(), eu.settings().trial_calls()),
        (seconds(3), 3)
    );
    assert_eq!(
        (us.settings().cooldown(), us.settings().trial_calls()),
        (seconds(2), 3)
    );
}

/// `*` is about every breaker, and must not win over the table of a group.
#[test]
fn a_pattern_that_matches_a_group_is_not_about_its_keys() {
    let registry = Registry::new();
    let _ = apply(
        &registry,
        "
        [breaker.'*']
        cooldown = '1s'
        trial_calls = 2
        [breaker.'inventory*']
        cooldown = '2s'
        [breaker.inventory]
        cooldown = '3s'
        [breaker.'inventory[*']
        trial_calls = 4
        [breaker.'inventory[eu-*']
        cooldown = '5s'
        [breaker.'*us-1]']
        cooldown = '6s'
        ",
    );
    for (name, cooldown, trial_calls) in [
        ("inventory", 3, 1),
        ("inventory[asia]", 3, 4),
        ("inventory[eu-1]", 5, 1),
        ("inventory[us-1]", 3, 4),
        ("inventory-2", 2, 1),
        ("inventory-2[asia]", 2, 1),
        ("inventory-2[us-1]", 6, 1),
        ("orders[asia]", 1, 2),
        ("orders[us-1]", 6, 2),
    ] {
        let settings = breaker(&registry, name).settings();
        assert_eq!(
            (settings.cooldown(), settings.trial_calls()),
            (seconds(cooldown), trial_calls),
            "{name}"
        );
    }
}

/// The longest pattern wins; of two of one length, the later one.
#[test]
fn of_two_patterns_of_one_length_the_later_one_in_the_file_wins() {
    for (first, second) in [("api-*", "*-api"), ("*-api", "api-*"), ("a*pi-api", "api-ap*i")] {
        let registry = Registry::new();
        let file = format!("[breaker.'{first}']\ncooldown = '1s'\n[breaker.'{second}']\ncooldown = '2s'\n");
        let _ = apply(&registry, &file);
        assert_eq!(breaker(&registry, "api-api").settings().cooldown(), seconds(2));
    }
}

#[test]
fn every_setting_can_come_from_a_file() {
    let registry = Registry::new();
    let _ = apply(
        &registry,
        "
        [breaker.all]
        threshold = '12.5%'
        window = '1m 30s'
        minimum_calls = 0x14
        slow_call = '500ms'
        slow_threshold = '80%'
        cooldown = '10s'
        max_cooldown = '5m'
        jitter = '20%'
        trial_calls = 1_0
        ",
    );
    let expected = Settings::DEFAULT
        .with_threshold(Threshold::rate(0.125))
        .with_window(Window::time(seconds(90)))
        .with_minimum_calls(20)
        .with_slow_call(Duration::from_millis(500))
        .with_slow_threshold(Rate::new(0.8))
        .with_cooldown(seconds(10))
        .with_max_cooldown(seconds(300))
        .with_jitter(Rate::new(0.2))
        .with_trial_calls(10);
    assert_eq!(breaker(&registry, "all").settings(), expected);
}
