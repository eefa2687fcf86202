//! Settings with the source of each value, as text.

use std::fmt;

use crate::config::{Setting, Settings, Source};

/// Settings with the source of each value, as one line of text.
///
/// [`Settings::explained`] returns it.
#[derive(Debug, Clone, Copy)]
pub struct ExplainedSettings(Settings);

impl Settings {
    /// Returns a text with the source of each value, for people.
    ///
    /// Settings that are off are left out, and so is the source of a default:
    /// `threshold 50% (fusebox.toml:7), cooldown 30s, …`.
    pub const fn explained(&self) -> ExplainedSettings {
        ExplainedSettings(*self)
    }

    /// Returns the key, the value and the source of each setting; no value if it is
    /// off.
    #[cfg_attr(
        not(feature = "dashboard"),
        allow(dead_code, reason = "the page shows them one by one")
    )]
    pub(crate) fn explained_one_by_one(
        &self,
    ) -> impl Iterator<Item = (&'static str, Option<String>, Source)> {
        Setting::ALL.into_iter().map(|key| {
            let value = self.value(key);
            let shown = (!value.is_off()).then(|| value.to_string());
            (key.name(), shown, self.source_of(key))
        })
    }
}

impl fmt::Display for ExplainedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(settings) = self;
        let on = Setting::ALL
            .into_iter()
            .filter(|key| !settings.value(*key).is_off());
        for (index, key) in on.enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", key.name(), settings.value(key))?;
            match settings.source_of(key) {
                Source::Default => {}
                source => write!(f, " ({source})")?,
            }
        }
        Ok(())
    }
}
