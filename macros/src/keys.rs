//! The names of the arguments: what exists, what other libraries call it, and what is answered to the rest.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt as _;

use crate::diagnostics::did_you_mean;

/// One argument of the attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    Name,
    Threshold,
    Window,
    MinimumCalls,
    SlowCall,
    SlowThreshold,
    Timeout,
    Cooldown,
    MaxCooldown,
    Jitter,
    TrialCalls,
    Failure,
    Ignore,
    Fallback,
    FallbackOn,
    Classify,
    LastGood,
    LastGoodKey,
    LastGoodCapacity,
    Crate,
}

/// Every argument with its name and an example of its value. The order is the one in which they are listed.
const KEYS: [(Key, &str, &str); 20] = [
    (Key::Threshold, "threshold", "5"),
    (Key::Cooldown, "cooldown", "\"30s\""),
    (Key::Fallback, "fallback", "cached_orders"),
    (Key::FallbackOn, "fallback_on", "\"failure\""),
    (Key::Name, "name", "\"orders\""),
    (Key::Window, "window", "\"10s\""),
    (Key::MinimumCalls, "minimum_calls", "10"),
    (Key::TrialCalls, "trial_calls", "3"),
    (Key::Timeout, "timeout", "\"2s\""),
    (Key::SlowCall, "slow_call", "\"500ms\""),
    (Key::SlowThreshold, "slow_threshold", "\"80%\""),
    (Key::Failure, "failure", "Err(_)"),
    (Key::Ignore, "ignore", "Err(Error::NotFound)"),
    (Key::Classify, "classify", "fusebox::classify::io"),
    (Key::LastGood, "last_good", "\"5m\""),
    (Key::LastGoodKey, "last_good_key", "(tenant, id)"),
    (Key::LastGoodCapacity, "last_good_capacity", "1024"),
    (Key::MaxCooldown, "max_cooldown", "\"5m\""),
    (Key::Jitter, "jitter", "\"20%\""),
    (Key::Crate, "crate", "my::fusebox"),
];

/// What other libraries call our arguments.
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
    (&["skip_on", "ignore_errors", "ignore_exceptions"], Key::Ignore),
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

impl Key {
    /// The argument of this name; `r#name` is the same name.
    pub(crate) fn of(ident: &Ident) -> Option<Self> {
        let name = ident.unraw().to_string();
        KEYS.iter()
            .find(|(_, known, _)| *known == name)
            .map(|(key, ..)| *key)
    }

    pub(crate) fn name(self) -> &'static str {
        self.entry().1
    }

    /// How the argument is written, as in `threshold = 5`.
    pub(crate) fn example(self) -> String {
        let (_, name, value) = self.entry();
        format!("{name} = {value}")
    }

    /// Patterns may be given several times.
    pub(crate) fn repeats(self) -> bool {
        matches!(self, Key::Failure | Key::Ignore)
    }

    fn entry(self) -> &'static (Key, &'static str, &'static str) {
        KEYS.iter().find(|(key, ..)| *key == self).unwrap_or(&KEYS[0])
    }
}

/// What to say about an argument that does not exist; `value` is what the user gave it.
pub(crate) fn unknown(ident: &Ident, value: &TokenStream) -> String {
    let typed = ident.unraw().to_string();
    if let Some((_, key)) = ALIASES.iter().find(|(names, _)| names.contains(&typed.as_str())) {
        return format!(
            "unknown argument `{typed}`; did you mean `{}`?",
            in_our_words(*key, value)
        );
    }
    let names: Vec<&str> = KEYS.iter().map(|(_, name, _)| *name).collect();
    match did_you_mean(&typed, &names) {
        Some(name) => format!("unknown argument `{typed}`; did you mean `{name}`?"),
        None => format!("unknown argument `{typed}`; expected one of {}", list(&names)),
    }
}

/// The argument with the user's own value, put as we want it: `failure_rate = 0.5` becomes `threshold = "50%"`.
fn in_our_words(key: Key, value: &TokenStream) -> String {
    let mut tokens = value.clone().into_iter();
    let (Some(TokenTree::Literal(literal)), None) = (tokens.next(), tokens.next()) else {
        return key.name().to_owned();
    };
    let text = literal.to_string();
    let ours = match key {
        Key::Cooldown | Key::SlowCall if text.bytes().all(|b| b.is_ascii_digit()) => format!("\"{text}s\""),
        Key::Threshold | Key::SlowThreshold => as_share(&text).unwrap_or(text),
        _ => text,
    };
    format!("{} = {ours}", key.name())
}

fn as_share(text: &str) -> Option<String> {
    let share: f64 = text.parse().ok()?;
    (text.contains('.') && share > 0.0 && share <= 1.0).then(|| {
        let percent = (share * 1_000_000.0).round() / 10_000.0;
        format!("\"{percent}%\"")
    })
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

pub(crate) fn names() -> Vec<&'static str> {
    KEYS.iter().map(|(_, name, _)| *name).collect()
}
