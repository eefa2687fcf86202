//! The message for an unknown argument, with the names of other libraries.

use proc_macro2::{Ident, TokenTree};
use syn::Pat;
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;

use crate::args::key::Key;
use crate::args::{elsewhere, value};
use crate::diagnostics::did_you_mean;
use crate::tokens::{is, written};

/// The names that other libraries use for these arguments.
const ALIASES: [(&[&str], Key); 12] = [
    (
        &[
            "reset_timeout",
            "wait_duration",
            "wait_duration_in_open_state",
            "open_timeout",
            "open_for",
            "break_duration",
            "duration_of_break",
            "sleep_window",
            "recovery_timeout",
            "delay",
        ],
        Key::Cooldown,
    ),
    (
        &[
            "failures",
            "max_failures",
            "failure_threshold",
            "failure_rate",
            "failure_rate_threshold",
            "failure_ratio",
            "error_threshold",
            "error_rate",
            "max_errors",
        ],
        Key::Threshold,
    ),
    (
        &[
            "half_open",
            "half_open_calls",
            "half_open_max_calls",
            "permitted_calls",
            "permitted_number_of_calls_in_half_open_state",
            "max_requests",
            "success_threshold",
            "probes",
        ],
        Key::TrialCalls,
    ),
    (
        &[
            "min_calls",
            "minimum_number_of_calls",
            "minimum_throughput",
            "request_volume_threshold",
            "volume_threshold",
        ],
        Key::MinimumCalls,
    ),
    (&["fallback_method", "fallback_fn", "default"], Key::Fallback),
    (
        &["skip_on", "ignore_errors", "ignore_exceptions", "exclude"],
        Key::Ignore,
    ),
    (
        &[
            "fail_on",
            "record",
            "record_exceptions",
            "failure_if",
            "should_handle",
        ],
        Key::Failure,
    ),
    (
        &[
            "sliding_window",
            "sliding_window_size",
            "window_size",
            "interval",
            "sampling_duration",
        ],
        Key::Window,
    ),
    (&["stale", "cache", "ttl", "stale_if_error"], Key::LastGood),
    (&["classifier", "should_record"], Key::Classify),
    (&["slow_call_duration_threshold"], Key::SlowCall),
    (&["slow_call_rate_threshold"], Key::SlowThreshold),
];

/// The longest value that a message repeats.
const LONGEST_VALUE: usize = 60;

/// Returns the message for an argument that does not exist.
///
/// `value` is the value that the user gave it.
pub(crate) fn unknown(ident: &Ident, value: &[TokenTree]) -> String {
    let typed = ident.unraw().to_string();
    let snake = snake_case(&typed);
    let is_listed = |names: &[&str]| names.contains(&snake.as_str());
    if let Some(advice) = elsewhere::advice(&snake) {
        return format!("unknown argument `{typed}`; {advice}");
    }
    if let Some((_, key)) = ALIASES.iter().find(|(names, _)| is_listed(names)) {
        if takes_duration(*key)
            && let Some(meant) = value::either_unit(*key, value)
        {
            return format!("unknown argument `{typed}`; did you mean {meant}?");
        }
        if matches!(key, Key::Failure | Key::Ignore)
            && let Some(function) = value::as_function(value)
        {
            return format!("unknown argument `{typed}`; for a function, write `classify = {function}`");
        }
        let suggestion = converted(*key, &snake, value).map_or_else(
            || key.name().to_owned(),
            |value| format!("{} = {value}", key.name()),
        );
        return format!("unknown argument `{typed}`; did you mean `{suggestion}`?");
    }
    let names = Key::names();
    match did_you_mean(&snake, &names) {
        Some(name) => format!("unknown argument `{typed}`; did you mean `{name}`?"),
        None => format!("unknown argument `{typed}`; expected one of {}", list(&names)),
    }
}

/// Returns `ignore_exceptions` for `ignoreExceptions`.
fn snake_case(typed: &str) -> String {
    let mut snake = String::new();
    for c in typed.chars() {
        if c.is_uppercase() && snake.ends_with(char::is_lowercase) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Returns whether the argument takes a duration and nothing else.
fn takes_duration(key: Key) -> bool {
    matches!(key, Key::Cooldown | Key::SlowCall | Key::LastGood)
}

/// Converts the value to our form: `failure_rate = 0.5` becomes `"50%"`.
fn converted(key: Key, typed: &str, value: &[TokenTree]) -> Option<String> {
    let text = written(value);
    let is_rate = typed.contains("rate") || typed.contains("ratio");
    let value = match key {
        _ if takes_duration(key) => value::as_duration(value),
        Key::Threshold | Key::SlowThreshold if is_rate || text.contains('.') => value::as_rate(&text),
        Key::Failure | Key::Ignore => of_errors(value),
        Key::Fallback => text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .map(str::to_owned),
        _ => None,
    };
    let is_short = !text.is_empty() && text.len() <= LONGEST_VALUE && !text.contains('\n');
    value.or_else(|| is_short.then_some(text))
}

/// Converts types, variants or patterns of errors to a pattern: `Err(Foo)` for
/// `Foo`.
///
/// Other libraries take a list of them, or their names in a string.
fn of_errors(value: &[TokenTree]) -> Option<String> {
    let errors: Vec<TokenTree> = match value {
        [TokenTree::Group(list)] => list.stream().into_iter().collect(),
        _ => value.to_vec(),
    };
    let mut pattern = String::new();
    for error in errors.split(|token| is(token, ',')) {
        let error = written(error);
        let error = error.trim_matches('"');
        if error.is_empty() {
            continue;
        }
        if !is_of_an_error(error) {
            return None;
        }
        if !pattern.is_empty() {
            pattern += " | ";
        }
        pattern += error;
    }
    (!pattern.is_empty()).then(|| format!("Err({pattern})"))
}

/// Returns whether this pattern matches the error, not the whole `Result`.
fn is_of_an_error(text: &str) -> bool {
    let is_of_the_result = ["Err(", "Ok("].iter().any(|variant| text.starts_with(variant));
    let is_pattern = || Pat::parse_single.parse_str(text).is_ok();
    let is_type = || syn::parse_str::<syn::Path>(text).is_ok();
    !is_of_the_result && (is_pattern() || is_type())
}

fn list(names: &[&str]) -> String {
    let mut list = String::new();
    for name in names {
        if !list.is_empty() {
            list += ", ";
        }
        list.push('`');
        list += name;
        list.push('`');
    }
    list
}
