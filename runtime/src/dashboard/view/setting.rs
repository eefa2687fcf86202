//! One setting.

use std::time::Duration;

use serde::Serialize;

use crate::config::{Settings, duration::DurationText};

/// One setting, written as in the attribute, and where its value comes from.
#[derive(Debug, Serialize)]
pub(super) struct ShownSetting {
    key: &'static str,
    value: String,
    source: String,
}

impl ShownSetting {
    /// Returns all settings of a breaker or a group, in the order of the
    /// documentation.
    pub(super) fn all(settings: &Settings) -> Vec<Self> {
        let settings = settings.explained_one_by_one();
        settings
            .map(|(key, value, source)| Self {
                key,
                value: value.unwrap_or_else(|| "off".to_owned()),
                source: source.to_string(),
            })
            .collect()
    }

    /// Returns the timeout of a configuration file or of the environment.
    pub(super) fn timeout(configured: Duration) -> Self {
        Self {
            key: "timeout",
            value: DurationText(configured).to_string(),
            source: "configuration".to_owned(),
        }
    }
}
