//! What `tracing` receives about configuration.

use std::{fs, time::Duration};

use fusebox::{Registry, config::Overrides};
use fusebox_tests::log::Log;
use tokio::time::sleep;

use super::breaker;

#[test]
fn the_kill_switch_is_one_line() {
    let registry = Registry::new();
    let overrides = Overrides::from_vars([("FUSEBOX_DISABLED", "1")]).expect("correct");
    let log = Log::of(|| {
        let _ = overrides.apply(&registry).expect("fits");
    });
    assert_eq!(
        log.messages(),
        ["WARN FUSEBOX_DISABLED is set: every call passes all circuit breakers, and none is recorded"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_reload_that_fails_again_and_again_is_one_line() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("fusebox.toml");
    fs::write(&path, "").expect("written");
    let registry = Registry::new();
    breaker(&registry, "payments");
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    let overrides = Overrides::from_file(&path).expect("correct");
    let _watcher = overrides.watch_every(&registry, &path, Duration::from_secs(1));
    for text in [
        "[breaker.payments]\ncooldown = 10\n",
        "[breaker.payments]\ncooldown = '10'\n",
    ] {
        fs::write(&path, text).expect("written");
        sleep(Duration::from_secs(10)).await;
    }
    drop(guard);
    let failures = registry.config_reload_failures();
    assert!(
        (14..=18).contains(&failures),
        "{failures} of about 8 readings of each file"
    );
    let path = path.display();
    let failed = "WARN the configuration was not reloaded, the settings stay";
    assert_eq!(
        log.messages(),
        [
            format!(
                "{failed}: {path}:2:12: `cooldown` takes a duration string; did you mean `cooldown = \"10ms\"` or `cooldown = \"10s\"`?"
            ),
            format!("{failed}: {path}:2:12: `10` has no unit; did you mean `\"10s\"`?"),
        ]
    );
}

#[test]
fn a_declaration_that_the_file_does_not_fit_is_one_line() {
    let registry = Registry::new();
    let overrides =
        Overrides::from_toml("[breaker.'configuration-log::*']\nminimum_calls = 5").expect("correct");
    let invalid = overrides.apply(&registry);
    assert!(invalid.is_ok(), "no function of the catalogue has this name");
    let log = Log::of(|| {
        registry
            .breaker("configuration-log::late")
            .build()
            .expect_err("no rate");
    });
    assert!(log.lines().is_empty(), "the builder gets the error");
}

#[test]
fn a_key_that_the_file_does_not_fit_is_one_line_for_its_group() {
    let registry = Registry::new();
    // Which groups the pattern is for shows only in the keys that come.
    let overrides = Overrides::from_toml("[breaker.'*misfit*']\nminimum_calls = 5").expect("correct");
    let _ = overrides.apply(&registry).expect("no breaker has this name");
    let hosts = registry.keyed("hosts").build().expect("fits");
    let log = Log::of(|| {
        for key in ["good", "misfit-1", "misfit-2"] {
            assert_eq!(hosts.get(key).settings(), fusebox::Settings::DEFAULT);
        }
    });
    assert_eq!(
        log.messages(),
        [
            "WARN the configuration does not fit the declared settings, which stay: `minimum_calls` is 5, but no rate is \
             judged; give `threshold` as a rate or leave it out"
        ]
    );
}
