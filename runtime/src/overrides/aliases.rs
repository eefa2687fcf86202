//! The message for an unknown key, with the names of other libraries.

use crate::{
    config,
    overrides::{
        key::{OF_THE_FUNCTION, TableKey},
        suggestion::did_you_mean,
        value::{Literal, as_rate, in_whole_numbers},
    },
};

/// The names that other libraries use for these keys. The attribute has the
/// same names, and a test compares the two.
const ALIASES: [(&[&str], config::Setting); 7] = [
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
        config::Setting::Cooldown,
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
        config::Setting::Threshold,
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
        config::Setting::TrialCalls,
    ),
    (
        &[
            "min_calls",
            "minimum_number_of_calls",
            "minimum_throughput",
            "request_volume_threshold",
            "volume_threshold",
        ],
        config::Setting::MinimumCalls,
    ),
    (
        &[
            "sliding_window",
            "sliding_window_size",
            "window_size",
            "interval",
            "sampling_duration",
        ],
        config::Setting::Window,
    ),
    (&["slow_call_duration_threshold"], config::Setting::SlowCall),
    (&["slow_call_rate_threshold"], config::Setting::SlowThreshold),
];

/// Returns the message for a key that does not exist. `literal` is the value
/// that the user gave it.
pub(super) fn unknown(typed: &str, literal: &Literal<'_>) -> String {
    if typed == "max_keys" {
        return "`max_keys` belongs to the code; only the attribute and the builder take it".to_owned();
    }
    if OF_THE_FUNCTION.contains(&typed) {
        return format!("`{typed}` belongs to the function; only the attribute takes it");
    }
    if let Some((_, key)) = ALIASES.iter().find(|(names, _)| names.contains(&typed)) {
        let suggestion = converted(*key, typed, literal).map_or_else(
            || key.name().to_owned(),
            |value| format!("{} = {value}", key.name()),
        );
        return format!("unknown key `{typed}`; did you mean `{suggestion}`?");
    }
    let names = || TableKey::all().map(TableKey::name);
    if let Some(name) = did_you_mean(typed, names()) {
        return format!("unknown key `{typed}`; did you mean `{name}`?");
    }
    let quoted: Vec<_> = names().map(|name| format!("`{name}`")).collect();
    format!("unknown key `{typed}`; expected one of {}", quoted.join(", "))
}

/// Converts the value to our form: `failure_rate = 0.5` becomes `"50%"`.
fn converted(key: config::Setting, typed: &str, literal: &Literal<'_>) -> Option<String> {
    let is_rate = typed.contains("rate") || typed.contains("ratio");
    match (key, literal) {
        (_, Literal::Text(text)) => Some(format!("\"{text}\"")),
        (config::Setting::Cooldown | config::Setting::SlowCall, number) => {
            in_whole_numbers(number).map(|text| format!("\"{text}\""))
        }
        (config::Setting::Threshold | config::Setting::SlowThreshold, Literal::Fraction(rate)) => {
            as_rate(&format!("{rate:?}"))
        }
        (config::Setting::Threshold | config::Setting::SlowThreshold, Literal::Whole(Some(rate)))
            if is_rate =>
        {
            as_rate(&rate.to_string())
        }
        (_, Literal::Whole(Some(number))) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the rows `(names, key)` of a table of aliases in source text.
    fn rows(source: &str) -> Vec<(Vec<String>, String)> {
        let table = source.split("const ALIASES").nth(1).expect("a table");
        let (_, table) = table.split_once(" = ").expect("its value");
        let table = table.split("\n];").next().expect("its end");
        let names = |row: &str| row.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        let mut rows: Vec<_> = table
            .split("&[")
            .skip(1)
            .filter_map(|row| {
                let (listed, rest) = row.split_once(']')?;
                let path = rest.split(')').next()?.trim_matches([',', ' ', '\n']);
                let (_, key) = path.rsplit_once("::")?;
                Some((names(listed), key.to_owned()))
            })
            .collect();
        rows.sort();
        rows
    }

    #[test]
    fn every_alias_of_a_setting_is_an_alias_in_the_attribute_too() {
        let of_attribute = rows(include_str!("../../../macros/src/args/aliases.rs"));
        let of_runtime = rows(
            include_str!("aliases.rs")
                .split("#[cfg(test)]")
                .next()
                .expect("code"),
        );
        assert_eq!(of_runtime.len(), ALIASES.len());
        let of_settings: Vec<_> = of_attribute
            .into_iter()
            .filter(|(_, key)| of_runtime.iter().any(|(_, own)| own == key))
            .collect();
        assert_eq!(of_settings, of_runtime);
    }
}
