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
            "{path}:2:12: `cooldown` takes a duration string; did you mean `cooldown = \"10s\"`?\n\
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
