//! One setting.

use std::time::Duration;

use serde::Serialize;

use crate::config::Settings;

/// One setting, written as in the attribute.
#[derive(Debug, Serialize)]
pub(super) struct Setting {
    key: &'static str,
    value: String,
}

impl Setting {
    /// All settings of a breaker, in the order of the documentation.
    pub(super) fn all(settings: &Settings) -> Vec<Self> {
        let duration = |duration: Option<Duration>| duration.map(|duration| format!("{duration:?}"));
        let values = [
            ("threshold", Some(settings.threshold().to_string())),
            ("window", settings.window().map(|window| window.to_string())),
            (
                "minimum_calls",
                settings.minimum_calls().map(|calls| calls.to_string()),
            ),
            ("slow_call", duration(settings.slow_call())),
            (
                "slow_threshold",
                settings.slow_threshold().map(|rate| rate.to_string()),
            ),
            ("cooldown", duration(Some(settings.cooldown()))),
            ("max_cooldown", duration(settings.max_cooldown())),
            ("jitter", Some(settings.jitter().to_string())),
            ("trial_calls", Some(settings.trial_calls().to_string())),
        ];
        let setting = |(key, value): (_, Option<String>)| Self {
            key,
            value: value.unwrap_or_else(|| "off".to_owned()),
        };
        values.into_iter().map(setting).collect()
    }
}
