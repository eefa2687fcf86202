//! The keys of a table.

use crate::config;

/// A key of a table in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableKey {
    Setting(config::Setting),
    Timeout,
    Mode,
    Reason,
    Extends,
}

/// The form of the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Number,
    Duration,
    Rate,
    NumberOrRate,
    NumberOrDuration,
    Switch,
    Word,
}

/// The arguments of the attribute that a file cannot give.
pub(super) const OF_THE_FUNCTION: [&str; 14] = [
    "name",
    "key",
    "max_keys",
    "breaker",
    "error",
    "fallback",
    "fallback_on",
    "failure",
    "ignore",
    "classify",
    "last_good",
    "last_good_key",
    "last_good_capacity",
    "crate",
];

impl TableKey {
    /// Returns the key of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::all().find(|key| key.name() == name)
    }

    /// Returns every key, the settings first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let settings = config::Setting::ALL.into_iter().map(Self::Setting);
        settings.chain([Self::Timeout, Self::Mode, Self::Reason, Self::Extends])
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Setting(key) => key.name(),
            Self::Timeout => "timeout",
            Self::Mode => "mode",
            Self::Reason => "reason",
            Self::Extends => "extends",
        }
    }

    pub(super) const fn kind(self) -> ValueKind {
        match self {
            Self::Setting(key) => match key {
                config::Setting::Threshold => ValueKind::NumberOrRate,
                config::Setting::Window => ValueKind::NumberOrDuration,
                config::Setting::MinimumCalls | config::Setting::TrialCalls => ValueKind::Number,
                config::Setting::SlowCall | config::Setting::Cooldown | config::Setting::MaxCooldown => {
                    ValueKind::Duration
                }
                config::Setting::SlowThreshold | config::Setting::Jitter => ValueKind::Rate,
                config::Setting::Latency => ValueKind::Switch,
            },
            Self::Timeout => ValueKind::Duration,
            Self::Mode | Self::Reason | Self::Extends => ValueKind::Word,
        }
    }

    /// Returns the key with a value, as in `threshold = 5`. The examples are those
    /// of the attribute.
    pub(super) fn example(self) -> String {
        let value = match self {
            Self::Setting(key) => match key {
                config::Setting::Threshold => "5",
                config::Setting::Window => "20",
                config::Setting::MinimumCalls => "10",
                config::Setting::SlowCall => "\"500ms\"",
                config::Setting::SlowThreshold => "\"80%\"",
                config::Setting::Cooldown => "\"30s\"",
                config::Setting::MaxCooldown => "\"5m\"",
                config::Setting::Jitter => "\"20%\"",
                config::Setting::TrialCalls => "3",
                config::Setting::Latency => "true",
            },
            Self::Timeout => "\"2s\"",
            Self::Mode => "\"forced_open\"",
            Self::Reason => "\"provider maintenance\"",
            Self::Extends => "\"critical\"",
        };
        format!("{} = {value}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_of_the_attribute_is_a_key_or_belongs_to_the_function() {
        let source = include_str!("../../../macros/src/args/key.rs");
        let table = source
            .split("\nkeys! {")
            .nth(1)
            .and_then(|rest| rest.split("\n}").next());
        let rows = table.expect("a table").lines().filter(|row| row.ends_with(';'));
        let arguments: Vec<_> = rows.map(|row| row.split('"').nth(1).expect("a name")).collect();
        assert!(arguments.contains(&"threshold") && arguments.contains(&"max_keys"));
        for argument in arguments {
            let is_one = TableKey::of(argument).is_some() ^ OF_THE_FUNCTION.contains(&argument);
            assert!(is_one, "`{argument}`");
        }
    }
}
