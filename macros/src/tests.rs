//! The attribute on tokens: each mistake once, and the function survives.

use proc_macro2::TokenStream;

use crate::{guard, survive};

const FUNCTION: &str = "async fn load(id: u64) -> Result<u8, Error> { only_once(id).await }";

fn expand(args: &str, item: &str) -> String {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("these are tokens");
    guard(tokens(args), &tokens(item)).to_string()
}

/// Returns the number of errors, and whether the body occurs exactly once.
fn expand_and_count(args: &str, item: &str) -> (usize, bool) {
    let out = expand(args, item);
    let body = out.matches("only_once").count() == 1;
    (out.matches("compile_error !").count(), body)
}

#[test]
fn no_arguments_and_stray_commas_are_accepted() {
    for args in [
        "",
        "threshold = 5",
        "threshold = 5,",
        ", threshold = 5",
        "threshold = 5,, cooldown = \"1s\"",
        "r#threshold = 5",
    ] {
        assert_eq!(expand_and_count(args, FUNCTION), (0, true), "{args}");
    }
}

#[test]
fn every_key_is_accepted() {
    for args in [
        "name = \"orders\"",
        "name = names::ORDERS",
        "threshold = 0x10, trial_calls = 1_0u32",
        "threshold = \"12.5%\", window = 20, minimum_calls = MINIMUM",
        "window = \"1h 2m 3s 4ms 5us 6ns\"",
        "slow_call = r\"1s\", slow_threshold = \"80%\", window = WINDOW",
        "timeout = \" 1m30s \"",
        "cooldown = \"1s\", max_cooldown = \"1d\", jitter = \"0%\"",
        "failure = Err(Error::A | Error::B { .. }) if ready(1, 2), failure = Ok(0..=3), ignore = Err(_)",
        "fallback = other, fallback_on = \"failure\"",
        "fallback = <Type as Trait<u8, u8>>::other::<u8, u8>, cooldown = \"1s\"",
        "fallback = |cause| Pair { a: 1, b: f::<u8, u16>(cause) }, cooldown = \"1s\"",
        "fallback = move |_: Cause<_>| { return Ok(1) }",
        "crate = my::fusebox",
    ] {
        assert_eq!(
            expand_and_count(args, FUNCTION),
            (0, true),
            "{args}\n{}",
            expand(args, FUNCTION)
        );
    }
}

#[test]
fn each_mistake_is_reported_once_and_the_function_survives() {
    for (args, mistakes) in [
        ("threshold = 0, cooldown = 10, fallback = 5", 3),
        ("bogus(a = 1, b), threshold", 2),
        ("a::b = 5, fail-fast = 1", 2),
        ("fallback = |a, b| 1, cooldown = \"0s\"", 2),
        ("failure = Err(..=), timeout = \"x\"", 2),
        ("failure = , ignore = _", 2),
        ("fallback = crate::, cooldown = \"1s\"", 1),
        ("threshold = cooldown = \"1s\"", 1),
        ("= = =, 5, ;", 3),
    ] {
        assert_eq!(
            expand_and_count(args, FUNCTION),
            (mistakes, true),
            "{args}\n{}",
            expand(args, FUNCTION)
        );
    }
}

#[test]
fn errors_stand_behind_the_function() {
    let out = expand("threshold = 0", FUNCTION);
    assert!(out.find("compile_error") > out.find("only_once"), "{out}");
}

#[test]
fn unfinished_bodies_stay_as_they_are() {
    for body in [
        "order .",
        "let",
        "match",
        "foo (x . ,)",
        "@@ @",
        "# [allow ()]",
        "if x { } else",
    ] {
        let item = format!("async fn load() -> Result<u8, Error> {{ only_once ; {body} }}");
        let out = expand("", &item);
        assert!(out.contains(body) && !out.contains("compile_error"), "{out}");
    }
}

#[test]
fn unfinished_signatures_are_returned_as_they_are() {
    for item in [
        "async fn load(id) -> { only_once }",
        "async fn load < ( ) { only_once }",
        "async fn only_once",
    ] {
        assert_eq!(expand_and_count("", item), (0, true), "{item}");
    }
}

#[test]
fn a_panic_of_the_macro_is_one_error_and_the_function_survives() {
    let item = FUNCTION.parse().expect("these are tokens");
    let out = survive(&item, || panic!("a bug of the macro")).to_string();
    assert_eq!(out.matches("compile_error !").count(), 1, "{out}");
    assert!(out.contains("please report it"), "{out}");
    assert!(out.starts_with(&item.to_string()), "{out}");
}

#[test]
fn a_keyword_is_not_among_the_hints() {
    assert!(!expand("type = 5", FUNCTION).contains("type as _"));
    assert!(expand("threshold = 5", FUNCTION).contains("threshold as _"));
}

#[test]
fn last_good_needs_its_feature() {
    let errors = usize::from(!cfg!(feature = "last-good"));
    for args in [
        "last_good = \"5m\"",
        "last_good = \"5m\", last_good_key = (id, [1, 2]), last_good_capacity = 10, fallback_on = \"failure\"",
    ] {
        assert_eq!(expand_and_count(args, FUNCTION), (errors, true), "{args}");
    }
}

#[test]
fn classify_excludes_patterns() {
    assert_eq!(
        expand_and_count("classify = fusebox::classify::io, cooldown = \"1s\"", FUNCTION),
        (0, true)
    );
    assert_eq!(
        expand_and_count("classify = by, failure = Err(_), ignore = Ok(1)", FUNCTION),
        (2, true)
    );
}

#[test]
fn the_bounds_are_those_of_the_runtime() {
    let of_macros = bounds(include_str!("limits.rs"));
    let of_runtime = bounds(include_str!("../../runtime/src/config/limits.rs"));
    assert!(of_macros.len() >= 5, "{of_macros:?}");
    assert_eq!(of_macros, of_runtime);
}

/// Returns type and value of each constant; their names may differ.
fn bounds(source: &str) -> Vec<&str> {
    let constants = source.lines().filter_map(|line| line.split_once("const "));
    let mut bounds: Vec<_> = constants
        .filter_map(|(_, constant)| Some(constant.split_once(": ")?.1))
        .collect();
    bounds.sort_unstable();
    bounds
}
