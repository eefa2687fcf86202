//! The first key in which two settings differ.

use std::{
    fmt,
    hash::{Hash, Hasher},
    time::Duration,
};

use crate::config::{Location, Rate, Setting, Settings, Source, Threshold, Window, duration::DurationText};

/// A key in which two settings differ, with both values.
#[derive(Debug, Clone, Copy)]
pub struct Difference {
    key: Setting,
    existing: SettingValue,
    given: SettingValue,
    source: Source,
}

/// The value of one key, after defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum SettingValue {
    Threshold(Threshold),
    Window(Option<Window>),
    Calls(Option<u32>),
    Time(Option<Duration>),
    Rate(Option<Rate>),
    Switch(bool),
}

impl Difference {
    /// Writes the key and both values, as a change: `` `cooldown` 5s instead of
    /// 30s``.
    pub(crate) fn fmt_change(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            given,
            existing,
            source,
            ..
        } = self;
        write!(f, "`{}` {given} instead of {existing}", self.key())?;
        match source {
            // The event names its operator itself.
            Source::Default | Source::Code | Source::Operator(_) => Ok(()),
            source => write!(f, " ({source})"),
        }
    }

    /// Returns the existing value, as text.
    pub fn existing(&self) -> impl fmt::Display {
        self.existing
    }

    /// Returns the other value, as text.
    pub fn given(&self) -> impl fmt::Display {
        self.given
    }

    /// Returns where the other value comes from.
    pub const fn source(&self) -> Source {
        self.source
    }

    /// Returns the key, as in the attribute.
    pub const fn key(&self) -> &'static str {
        self.key.name()
    }

    /// Returns the second half of the message of a conflict with a builder.
    pub(crate) const fn with_builder(self, declared: Option<&'static Location>) -> BuilderDifference {
        BuilderDifference {
            difference: self,
            declared,
        }
    }
}

/// In what a builder differs from the breaker that exists or is declared.
pub(crate) struct BuilderDifference {
    difference: Difference,
    declared: Option<&'static Location>,
}

impl Settings {
    /// Returns the first key in which `given` differs, after defaults.
    pub(crate) fn difference(&self, given: &Self) -> Option<Difference> {
        self.differences(given).next()
    }

    /// Returns every key in which `given` differs, after defaults.
    pub(crate) fn differences(&self, given: &Self) -> impl Iterator<Item = Difference> + use<> {
        let (existing, given) = (*self, *given);
        Setting::ALL.into_iter().filter_map(move |key| {
            let difference = Difference {
                key,
                existing: existing.value(key),
                given: given.value(key),
                source: given.source_of(key),
            };
            (difference.existing != difference.given).then_some(difference)
        })
    }

    /// Returns the value of one key, after defaults.
    pub(super) const fn value(&self, key: Setting) -> SettingValue {
        match key {
            Setting::Threshold => SettingValue::Threshold(self.threshold()),
            Setting::Window => SettingValue::Window(self.window()),
            Setting::MinimumCalls => SettingValue::Calls(self.minimum_calls()),
            Setting::SlowCall => SettingValue::Time(self.slow_call()),
            Setting::SlowThreshold => SettingValue::Rate(self.slow_threshold()),
            Setting::Cooldown => SettingValue::Time(Some(self.cooldown())),
            Setting::MaxCooldown => SettingValue::Time(self.max_cooldown()),
            Setting::Jitter => SettingValue::Rate(Some(self.jitter())),
            Setting::TrialCalls => SettingValue::Calls(Some(self.trial_calls())),
            Setting::Latency => SettingValue::Switch(self.latency()),
        }
    }
}

/// Sources are not compared.
impl PartialEq for Difference {
    fn eq(&self, other: &Self) -> bool {
        (self.key, self.existing, self.given) == (other.key, other.existing, other.given)
    }
}

impl Eq for Difference {}

impl Hash for Difference {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.key, self.existing, self.given).hash(state);
    }
}

/// `` `cooldown` is 10s, not 30s ``
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is {}, not {}", self.key(), self.existing, self.given)
    }
}

/// `` is declared with `cooldown` 10s at src/orders.rs:12, not 30s ``
impl fmt::Display for BuilderDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { existing, given, .. } = self.difference;
        let key = self.difference.key();
        match self.declared {
            Some(at) => {
                let (file, line) = (at.file(), at.line());
                write!(
                    f,
                    "is declared with `{key}` {existing} at {file}:{line}, not {given}"
                )
            }
            None => write!(f, "already exists with `{key}` {existing}, not {given}"),
        }
    }
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threshold(threshold) => threshold.fmt(f),
            Self::Window(Some(window)) => match window.as_calls() {
                Some(calls) => write!(f, "{calls} calls"),
                None => window.fmt(f),
            },
            Self::Calls(Some(calls)) => calls.fmt(f),
            Self::Time(Some(time)) => DurationText(*time).fmt(f),
            Self::Rate(Some(rate)) => rate.fmt(f),
            Self::Switch(true) => f.write_str("true"),
            Self::Switch(false)
            | Self::Window(None)
            | Self::Calls(None)
            | Self::Time(None)
            | Self::Rate(None) => f.write_str("off"),
        }
    }
}

impl SettingValue {
    pub(super) const fn is_off(&self) -> bool {
        match self {
            Self::Switch(false)
            | Self::Window(None)
            | Self::Calls(None)
            | Self::Time(None)
            | Self::Rate(None) => true,
            Self::Rate(Some(rate)) => !rate.is_above_zero(),
            _ => false,
        }
    }
}
