//! Settings with the source of each value, as text.

use std::fmt;

use crate::config::{Key, Settings};

/// Settings with the source of each value, as one line of text.
///
/// [`Settings::explained`] returns it.
#[derive(Debug, Clone, Copy)]
pub struct ExplainedSettings(Settings);

impl Settings {
    /// Returns a text with the source of each value, for people.
    ///
    /// Settings that are off are left out: `threshold 50% (fusebox.toml:7), cooldown 30s (default),
    /// …`.
    pub const fn explained(&self) -> ExplainedSettings {
        ExplainedSettings(*self)
    }
}

impl fmt::Display for ExplainedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(settings) = self;
        let on = Key::ALL.into_iter().filter(|key| !settings.value(*key).is_off());
        for (index, key) in on.enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let (value, source) = (settings.value(key), settings.source_of(key));
            write!(f, "{comma}{} {value} ({source})", key.name())?;
        }
        Ok(())
    }
}
