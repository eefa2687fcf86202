//! Settings from environment variables.

use std::time::Duration;

use fusebox::{
    Registry,
    config::{InvalidOverrides, Overrides},
};

use super::{breaker, source};

fn read(variables: &[(&str, &str)]) -> Result<Overrides, InvalidOverrides> {
    Overrides::from_vars(variables.iter().copied())
}

#[test]
fn every_key_can_come_from_a_variable() {
    let registry = Registry::new();
    let overrides = read(&[
        ("FUSEBOX__MY_API_V2__THRESHOLD", "50%"),
        ("FUSEBOX__MY_API_V2__WINDOW", "20"),
        ("FUSEBOX__MY_API_V2__MINIMUM_CALLS", " 5 "),
        ("FUSEBOX__MY_API_V2__COOLDOWN", "5s"),
        ("FUSEBOX__ORDERS__THRESHOLD", "7"),
        ("FUSEBOX__ORDERS__WINDOW", "10s"),
        ("PATH", "/bin"),
    ]);
    let _ = overrides.expect("correct").apply(&registry).expect("fits");
    let api = breaker(&registry, "my-api.v2");
    assert_eq!(
        api.settings().explained().to_string(),
        "threshold 50% (env FUSEBOX__MY_API_V2__THRESHOLD), window 20 calls (env FUSEBOX__MY_API_V2__WINDOW), \
         minimum_calls 5 (env FUSEBOX__MY_API_V2__MINIMUM_CALLS), cooldown 5s (env FUSEBOX__MY_API_V2__COOLDOWN), \
         trial_calls 1"
    );
    let orders = breaker(&registry, "orders");
    assert_eq!(orders.settings().threshold().as_failures(), Some(7));
    assert_eq!(
        orders.settings().window().and_then(fusebox::Window::as_time),
        Some(Duration::from_secs(10))
    );
    assert_eq!(source(&orders, "cooldown"), "default");
}

#[test]
fn every_wrong_variable_is_a_mistake() {
    let rows = [
        (
            "FUSEBOX__PAYMENTS__COOLDOWN",
            "10",
            "`10` has no unit; did you mean `10s`?",
        ),
        (
            "FUSEBOX__PAYMENTS__COOLDWON",
            "10s",
            "unknown key `cooldwon`; did you mean `cooldown`?",
        ),
        (
            "FUSEBOX__PAYMENTS__TRIAL_CALLS",
            "three",
            "`three` is not a whole number; write for example `trial_calls = 3`",
        ),
        (
            "FUSEBOX__PAYMENTS__TRIAL_CALLS",
            "1.5",
            "`trial_calls` takes a whole number; write `1`",
        ),
        (
            "FUSEBOX__PAYMENTS__TRIAL_CALLS",
            "30%",
            "`trial_calls` takes a number, not a rate; write for example `trial_calls = 3`",
        ),
        (
            "FUSEBOX__PAYMENTS__THRESHOLD",
            "-1",
            "`threshold` must be at least 1; with 0 the breaker would be open before the first call",
        ),
        (
            "FUSEBOX__PAYMENTS__THRESHOLD",
            "half",
            "`half` is neither a number nor a rate; write for example `threshold = 5` or `threshold = \"50%\"`",
        ),
        (
            "FUSEBOX__PAYMENTS__THRESHOLD",
            "0.5",
            "`0.5` has no percent sign; did you mean `threshold = \"50%\"`?",
        ),
        (
            "FUSEBOX__PAYMENTS__MODE",
            "forced-open",
            "unknown mode `forced-open`; did you mean `forced_open`?",
        ),
        (
            "FUSEBOX__PAYMENTS__FALLBACK",
            "x",
            "`fallback` belongs to the function; only the attribute takes it",
        ),
        (
            "FUSEBOX__COOLDOWN",
            "5s",
            "expected a breaker and a key, as in `FUSEBOX__PAYMENTS__COOLDOWN=5s`",
        ),
        (
            "FUSEBOX__payments__COOLDOWN",
            "5s",
            "a name has only upper-case letters, digits and `_` here; write `FUSEBOX__PAYMENTS__COOLDOWN`",
        ),
        (
            "FUSEBOX__PAY-MENTS.V2__COOLDOWN",
            "5s",
            "a name has only upper-case letters, digits and `_` here; write `FUSEBOX__PAY_MENTS_V2__COOLDOWN`",
        ),
        (
            "FUSEBOX__PAYMENTS__JITTER",
            "",
            "`jitter` is empty; write for example `jitter = \"50%\"`",
        ),
        (
            "FUSEBOX__PAYMENTS__WINDOW",
            "",
            "the duration is empty; write for example `10s`",
        ),
        (
            "FUSEBOX__PAYMENTS__LATENCY",
            "1",
            "`latency` takes `true` or `false`, as in `latency = true`",
        ),
        (
            "FUSEBOX__PAYMENTS__EXTENDS",
            "critical",
            "only a file has templates; set the values in variables of their own",
        ),
        (
            "FUSEBOX____COOLDOWN",
            "5s",
            "expected a breaker and a key, as in `FUSEBOX__PAYMENTS__COOLDOWN=5s`",
        ),
        ("FUSEBOX_DISABLED", "maybe", "`maybe` is neither `1` nor `0`"),
    ];
    for (name, value, message) in rows {
        let invalid = read(&[(name, value)]).expect_err(name);
        assert_eq!(invalid.to_string(), format!("{name}: {message}"));
    }
    let all: Vec<_> = rows.iter().map(|(name, value, _)| (*name, *value)).collect();
    assert_eq!(read(&all).expect_err("all of them").mistakes().len(), rows.len());
}

#[test]
fn a_variable_that_stands_for_two_breakers_is_an_error_that_lists_both() {
    let registry = Registry::new();
    let (dash, dot) = (breaker(&registry, "pay-ments"), breaker(&registry, "pay.ments"));
    let overrides = read(&[("FUSEBOX__PAY_MENTS__COOLDOWN", "5s")]).expect("correct by itself");
    let invalid = overrides.apply(&registry).expect_err("ambiguous");
    assert_eq!(
        invalid.to_string(),
        "FUSEBOX__PAY_MENTS__COOLDOWN: ambiguous, it stands for the circuit breakers `pay-ments` and `pay.ments`; set the \
         value in a file"
    );
    for breaker in [dash, dot] {
        assert_eq!(breaker.settings().cooldown(), Duration::from_secs(30));
    }
}

#[test]
fn mistakes_of_the_file_and_of_variables_come_together() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("fusebox.toml");
    std::fs::write(&path, "[breaker.payments]\ncooldown = 10\n").expect("written");
    let path = path.to_str().expect("UTF-8");
    let variables = [("FUSEBOX_CONFIG", path), ("FUSEBOX__PAYMENTS__WINDOW", "0")];
    let invalid = read(&variables).expect_err("both are wrong");
    assert_eq!(
        invalid.to_string(),
        format!(
            "{path}:2:12: `cooldown` takes a duration string; did you mean `cooldown = \"10ms\"` or `cooldown = \"10s\"`?\n\
             FUSEBOX__PAYMENTS__WINDOW: `window` must be at least 1"
        )
    );
}

#[test]
fn a_file_that_is_not_there_is_a_mistake() {
    let invalid = read(&[("FUSEBOX_CONFIG", "/nowhere/fusebox.toml")]).expect_err("not there");
    assert_eq!(
        invalid.to_string(),
        "/nowhere/fusebox.toml: cannot be read: No such file or directory (os error 2)"
    );
    read(&[("FUSEBOX_CONFIG", "")]).expect("an empty path is none");
}

#[test]
fn a_misspelt_variable_is_a_warning_with_what_was_meant() {
    let registry = Registry::new();
    breaker(&registry, "payments");
    let overrides = read(&[
        ("FUSEBOX_DISABLE", "1"),
        ("FUSEBOX_CONFG", "fusebox.toml"),
        ("FUSEBOX_PAYMENTS__COOLDOWN", "5s"),
        ("fusebox__payments__cooldown", "5s"),
        // Those of the command line and of programs of this project.
        ("FUSEBOX_TOKEN", "x"),
        ("FUSEBOX_AT", "x"),
        ("FUSEBOX_SERVICE", "x"),
        ("FUSEBOX_CHECKOUT", "x"),
        ("FUSEBOX_STORE_USER", "x"),
        ("FUSEBOX_STORE_PASSWORD", "x"),
        ("FUSEBOX_FLEET_BREAKERS", "x"),
        ("FUSEBOX_FLEET_INSTANCES", "x"),
        ("FUSE", "x"),
    ]);
    let applied = overrides.expect("no mistake").apply(&registry).expect("fits");
    let mut warnings: Vec<_> = applied.warnings().iter().map(ToString::to_string).collect();
    warnings.sort();
    assert_eq!(
        warnings,
        [
            "FUSEBOX_CONFG: this variable has no effect; did you mean `FUSEBOX_CONFIG`?",
            "FUSEBOX_DISABLE: this variable has no effect; did you mean `FUSEBOX_DISABLED`?",
            "FUSEBOX_PAYMENTS__COOLDOWN: this variable has no effect; did you mean `FUSEBOX__PAYMENTS__COOLDOWN`?",
            "fusebox__payments__cooldown: this variable has no effect; did you mean `FUSEBOX__PAYMENTS__COOLDOWN`?",
        ]
    );
}

#[test]
fn a_path_that_is_not_a_file_is_a_mistake() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().to_str().expect("UTF-8");
    let invalid = read(&[("FUSEBOX_CONFIG", path)]).expect_err("a directory");
    assert_eq!(invalid.to_string(), format!("{path}: cannot be read: not a file"));
    let missing = directory.path().join("büro 🦀.toml");
    let missing = missing.to_str().expect("UTF-8");
    let invalid = read(&[("FUSEBOX_CONFIG", missing)]).expect_err("missing");
    assert!(
        invalid
            .to_string()
            .starts_with(&format!("{missing}: cannot be read: ")),
        "{invalid}"
    );
}

/// Only a process of its own can have such variables.
#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_a_mistake() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, process::Command};
    const CHILD: &str = "CONFIGURATION_CHILD";
    if std::env::var_os(CHILD).is_some() {
        println!("{}", Overrides::from_env().expect_err("not UTF-8"));
        return;
    }
    let bytes = OsStr::from_bytes(b"caf\xe9");
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child
        .args([
            "--exact",
            "configuration::environment::a_value_that_is_not_utf_8_is_a_mistake",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .env("FUSEBOX_CONFIG", bytes)
        .env("FUSEBOX_DISABLED", bytes)
        .env("FUSEBOX__PAYMENTS__COOLDOWN", bytes)
        .env(OsStr::from_bytes(b"FUSEBOX__caf\xe9__COOLDOWN"), "5s")
        .env("FUSEBOX_TOKEN", bytes)
        .env(bytes, bytes);
    let output = child.output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut mistakes: Vec<_> = text.lines().filter(|line| line.starts_with("FUSEBOX")).collect();
    mistakes.sort_unstable();
    assert_eq!(
        mistakes,
        [
            "FUSEBOX_CONFIG: the value is not UTF-8",
            "FUSEBOX_DISABLED: the value is not UTF-8",
            "FUSEBOX__PAYMENTS__COOLDOWN: the value is not UTF-8",
            "FUSEBOX__caf\u{fffd}__COOLDOWN: a name has only upper-case letters, digits and `_` here; write \
             `FUSEBOX__CAF___COOLDOWN`",
        ],
        "{text}"
    );
}
