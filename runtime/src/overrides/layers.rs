//! The layers over the declared settings of one breaker.

use std::fmt;

use crate::{
    config::{ConfigError, Setting, Settings, Source},
    event::Operator,
    overrides::{
        Mistake, Mode, Overrides, Place,
        key::TableKey,
        section::{Section, SectionEntry},
    },
    registry::layers::{Configured, Layers},
};

impl Layers for Overrides {
    fn configure(&self, name: &str, declared: Settings) -> Result<Configured, ConfigError> {
        let group = group_of(name);
        for name in group.into_iter().chain([name]) {
            self.environment.claim(name)?;
        }
        self.layered(name, declared)
    }
}

impl Overrides {
    /// Returns what the layers make of the declared settings of one breaker.
    fn layered(&self, name: &str, declared: Settings) -> Result<Configured, ConfigError> {
        let defaults = &self.document.defaults;
        let above = self.above(name);
        let not_declared = |entry: &&SectionEntry| match entry.key {
            TableKey::Setting(key) => declared.source_of(key) == Source::Default,
            _ => false,
        };
        let settings = defaults
            .iter()
            .filter(not_declared)
            .chain(above.iter().flat_map(Section::iter))
            .fold(declared, with);
        let timeout = above.iter().rev().find_map(Section::timeout);
        settings.check()?;
        let (mode, operator) = self.mode(defaults, &above);
        Ok(Configured {
            settings,
            overridden: mode.as_override(),
            operator,
            timeout,
        })
    }

    /// Returns the layers above the declaration, the strongest last: the table of
    /// the group, that of the breaker, the variables of the group, those of the
    /// breaker.
    fn above(&self, name: &str) -> Vec<Section> {
        let group = group_of(name);
        let tables = group.and_then(|group| self.document.of(group, None)).into_iter();
        let tables = tables.chain(self.document.of(name, group));
        let mut layers: Vec<_> = tables.map(|named| named.section.clone()).collect();
        for name in group.into_iter().chain([name]) {
            let mut variables = Section::default();
            for variable in self.environment.of(name) {
                variables.push(variable.entry.clone());
            }
            layers.push(variables);
        }
        layers
    }

    /// Returns the mode, and where it comes from.
    fn mode(&self, defaults: &Section, above: &[Section]) -> (Mode, Option<Operator>) {
        if self.environment.disabled {
            let operator = Operator::new("env FUSEBOX_DISABLED", "all circuit breakers are disabled");
            return (Mode::Disabled, Some(operator));
        }
        let mut sections = above.iter().rev().chain([defaults]);
        let Some(section) = sections.find(|section| section.mode().is_some()) else {
            return (Mode::Auto, None);
        };
        let mode = section.mode().unwrap_or_default();
        let reason = section.word(TableKey::Reason).unwrap_or("no reason given");
        let source = section
            .get(TableKey::Mode)
            .map(|entry| entry.source)
            .unwrap_or_default();
        (mode, Some(Operator::new(source, reason)))
    }

    /// Returns what is wrong with the values for this breaker, if anything is.
    pub(super) fn broken(&self, name: &str, declared: Settings) -> Option<Mistake> {
        match self.layered(name, declared) {
            Err(error) => Some(self.mistake(name, keys_of(&error), &error)),
            Ok(Configured {
                settings, timeout, ..
            }) => {
                settings
                    .slow_call()
                    .filter(|slow_call| timeout.is_some_and(|timeout| *slow_call >= timeout))?;
                let message = "`slow_call` is never reached, because `timeout` ends the call first; make `slow_call` \
                               shorter than `timeout`";
                Some(self.mistake(
                    name,
                    &[TableKey::Timeout, TableKey::Setting(Setting::SlowCall)],
                    &message,
                ))
            }
        }
    }

    /// Returns what is wrong with the tables of single keys of this group, which
    /// may have no breakers yet.
    pub(super) fn broken_keys(&self, group: &str, declared: Settings) -> Vec<Mistake> {
        let tables = self.document.breakers.iter();
        let of_group = tables.filter(|named| group_of(&named.name) == Some(group));
        of_group
            .filter_map(|named| self.broken(&named.name, declared))
            .collect()
    }

    /// Makes a mistake at the entry that gives one of the keys, the first of them
    /// that any entry gives.
    fn mistake(&self, name: &str, involved: &[TableKey], message: &dyn fmt::Display) -> Mistake {
        let above = self.above(name);
        let sections = || above.iter().rev().chain([&self.document.defaults]);
        let found = involved
            .iter()
            .find_map(|key| sections().find_map(|section| section.get(*key)));
        let (place, key) = found.map_or((Place::File("fusebox.toml"), None), |entry| {
            (entry.place, Some(entry.key.name()))
        });
        Mistake::new(place, key, format!("circuit breaker `{name}`: {message}"))
    }
}

fn with(settings: Settings, entry: &SectionEntry) -> Settings {
    match (entry.key, entry.setting()) {
        (TableKey::Setting(key), Some(value)) => settings.with_value_of(key, value, entry.source),
        _ => settings,
    }
}

/// Returns the group of a breaker with a key: `inventory` of `inventory[eu-1]`.
pub(super) fn group_of(name: &str) -> Option<&str> {
    let (group, _) = name.strip_suffix(']')?.split_once('[')?;
    (!group.is_empty()).then_some(group)
}

/// Returns the keys that take part in a broken rule, the likeliest culprit
/// first.
fn keys_of(error: &ConfigError) -> &'static [TableKey] {
    const THRESHOLD: TableKey = TableKey::Setting(Setting::Threshold);
    const WINDOW: TableKey = TableKey::Setting(Setting::Window);
    const MINIMUM_CALLS: TableKey = TableKey::Setting(Setting::MinimumCalls);
    const SLOW_CALL: TableKey = TableKey::Setting(Setting::SlowCall);
    const SLOW_THRESHOLD: TableKey = TableKey::Setting(Setting::SlowThreshold);
    const COOLDOWN: TableKey = TableKey::Setting(Setting::Cooldown);
    const MAX_COOLDOWN: TableKey = TableKey::Setting(Setting::MaxCooldown);
    match error {
        ConfigError::MinimumNeedsRate { .. } | ConfigError::MinimumExceedsWindow { .. } => {
            &[MINIMUM_CALLS, WINDOW, THRESHOLD, SLOW_THRESHOLD]
        }
        ConfigError::SlowThresholdNeedsSlowCall { .. } | ConfigError::SlowThresholdNeedsWindow { .. } => {
            &[SLOW_THRESHOLD, SLOW_CALL, WINDOW]
        }
        ConfigError::MaxCooldown { .. } => &[MAX_COOLDOWN, COOLDOWN],
        ConfigError::ThresholdZero
        | ConfigError::ThresholdTooLarge { .. }
        | ConfigError::ThresholdRate { .. }
        | ConfigError::RateNeedsWindow { .. }
        | ConfigError::ThresholdExceedsWindow { .. }
        | ConfigError::WindowCalls { .. }
        | ConfigError::WindowTime { .. } => &[THRESHOLD, WINDOW, MINIMUM_CALLS, SLOW_THRESHOLD],
        // A value that is wrong by itself was a mistake where it stands.
        ConfigError::MinimumZero
        | ConfigError::SlowCall { .. }
        | ConfigError::SlowThresholdRate { .. }
        | ConfigError::Cooldown { .. }
        | ConfigError::Jitter { .. }
        | ConfigError::TrialCalls { .. }
        // Not about settings.
        | ConfigError::NameEmpty
        | ConfigError::NameTooLong { .. }
        | ConfigError::NameUnprintable { .. }
        | ConfigError::NameBrace { .. }
        | ConfigError::MaxKeys { .. }
        | ConfigError::MaxKeysConflict { .. }
        | ConfigError::Keyed { .. }
        | ConfigError::NotKeyed { .. }
        | ConfigError::AmbiguousVariable { .. }
        | ConfigError::Conflict { .. } => &[],
    }
}
