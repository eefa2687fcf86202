//! What the attribute answers, on tokens: no mistake costs the function, none is told twice.

use proc_macro2::TokenStream;

use crate::{guard, survive};

const FUNCTION: &str = "async fn load(id: u64) -> Result<u8, Error> { only_once(id).await }";

fn expand(args: &str, item: &str) -> String {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("these are tokens");
    guard(tokens(args), &tokens(item)).to_string()
}

/// How many errors there are, and whether the body is there, once.
fn answer(args: &str, item: &str) -> (usize, bool) {
    let out = expand(args, item);
    let body = out.matches("only_once").count() == 1;
    (out.matches("compile_error !").count(), body)
}

#[test]
fn a01_to_a06_all_ways_to_say_nothing_or_to_end_in_a_comma() {
    for args in [
        "",
        "threshold = 5",
        "threshold = 5,",
        ", threshold = 5",
        "threshold = 5,, cooldown = \"1s\"",
        "r#threshold = 5",
    ] {
        assert_eq!(answer(args, FUNCTION), (0, true), "{args}");
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
            answer(args, FUNCTION),
            (0, true),
            "{args}\n{}",
            expand(args, FUNCTION)
        );
    }
}

#[test]
fn each_mistake_is_told_once_and_the_function_survives() {
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
            answer(args, FUNCTION),
            (mistakes, true),
            "{args}\n{}",
            expand(args, FUNCTION)
        );
    }
}

#[test]
fn errors_come_behind_the_function() {
    let out = expand("threshold = 0", FUNCTION);
    assert!(out.find("compile_error") > out.find("only_once"), "{out}");
}

#[test]
fn j01_half_typed_bodies_stay_as_they_are() {
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
fn j02_half_typed_signatures_are_handed_back() {
    for item in [
        "async fn load(id) -> { only_once }",
        "async fn load < ( ) { only_once }",
        "async fn only_once",
    ] {
        assert_eq!(answer("", item), (0, true), "{item}");
    }
}

#[test]
fn j07_a_panic_of_the_macro_costs_one_error_and_not_the_function() {
    let item = FUNCTION.parse().expect("these are tokens");
    let out = survive(&item, || panic!("a mistake of ours")).to_string();
    assert_eq!(out.matches("compile_error !").count(), 1, "{out}");
    assert!(out.contains("please report it"), "{out}");
    assert!(out.starts_with(&item.to_string()), "{out}");
}

#[test]
fn b07_a_keyword_never_reaches_the_hints() {
    assert!(!expand("type = 5", FUNCTION).contains("type as _"));
    assert!(expand("threshold = 5", FUNCTION).contains("threshold as _"));
}

#[test]
fn last_good_values_need_their_feature() {
    let errors = usize::from(!cfg!(feature = "last-good"));
    for args in [
        "last_good = \"5m\"",
        "last_good = \"5m\", last_good_key = (id, [1, 2]), last_good_capacity = 10, fallback_on = \"failure\"",
    ] {
        assert_eq!(answer(args, FUNCTION), (errors, true), "{args}");
    }
}

#[test]
fn a_classifier_stands_alone() {
    assert_eq!(
        answer("classify = fusebox::classify::io, cooldown = \"1s\"", FUNCTION),
        (0, true)
    );
    assert_eq!(
        answer("classify = by, failure = Err(_), ignore = Ok(1)", FUNCTION),
        (2, true)
    );
}
