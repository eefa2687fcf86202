//! Settings as a map of the keys that are on.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess},
    ser::SerializeMap as _,
};

use crate::{
    config::{Settings, duration::DurationText},
    serialize::value::Scalar,
};

/// A map of the settings that are on: `{"threshold": "50%", "window": "10s",
/// "cooldown": "30s", …}`.
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |duration| DurationText(duration).to_string();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("threshold", &self.threshold())?;
        if let Some(window) = self.window() {
            map.serialize_entry("window", &window)?;
        }
        if let Some(calls) = self.minimum_calls() {
            map.serialize_entry("minimum_calls", &calls)?;
        }
        if let Some(duration) = self.slow_call() {
            map.serialize_entry("slow_call", &text(duration))?;
        }
        if let Some(rate) = self.slow_threshold() {
            map.serialize_entry("slow_threshold", &rate)?;
        }
        map.serialize_entry("cooldown", &text(self.cooldown()))?;
        if let Some(duration) = self.max_cooldown() {
            map.serialize_entry("max_cooldown", &text(duration))?;
        }
        map.serialize_entry("jitter", &self.jitter())?;
        map.serialize_entry("trial_calls", &self.trial_calls())?;
        if self.latency() {
            map.serialize_entry("latency", &true)?;
        }
        map.end()
    }
}

/// Settings that are not in the map have their default. Numbers may be strings,
/// as environment variables are.
///
/// Deserialization does not compare the values with each other. [`Settings::check`] and the builder
/// do.
impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SettingsMap)
    }
}

struct SettingsMap;

impl<'de> de::Visitor<'de> for SettingsMap {
    type Value = Settings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
        let (mut settings, mut seen) = (Settings::DEFAULT, Vec::new());
        while let Some((key, value)) = map.next_entry::<String, Option<Scalar>>()? {
            if seen.contains(&key) {
                return Err(de::Error::custom(format_args!("`{key}` is given twice")));
            }
            if let Some(Scalar(text)) = value {
                settings = settings.with_text(&key, &text).map_err(de::Error::custom)?;
            }
            seen.push(key);
        }
        Ok(settings)
    }
}
