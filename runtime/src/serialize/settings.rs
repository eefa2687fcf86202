//! Settings as a map of the keys that are on.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess},
    ser::SerializeMap,
};

use crate::{
    config::{Setting, Settings, duration::DurationText},
    serialize::value::Scalar,
};

/// A map of the settings that are on: `{"threshold": "50%", "window": "10s",
/// "cooldown": "30s", …}`.
impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for setting in Setting::ALL {
            let key = setting.name();
            let time = |duration: Option<Duration>| duration.map(|time| DurationText(time).to_string());
            match setting {
                Setting::Threshold => entry(&mut map, key, Some(self.threshold()))?,
                Setting::Window => entry(&mut map, key, self.window())?,
                Setting::MinimumCalls => entry(&mut map, key, self.minimum_calls())?,
                Setting::SlowCall => entry(&mut map, key, time(self.slow_call()))?,
                Setting::SlowThreshold => entry(&mut map, key, self.slow_threshold())?,
                Setting::Cooldown => entry(&mut map, key, time(Some(self.cooldown())))?,
                Setting::MaxCooldown => entry(&mut map, key, time(self.max_cooldown()))?,
                Setting::Jitter => entry(&mut map, key, Some(self.jitter()))?,
                Setting::TrialCalls => entry(&mut map, key, Some(self.trial_calls()))?,
                Setting::Latency => entry(&mut map, key, self.latency().then_some(true))?,
            }
        }
        map.end()
    }
}

fn entry<M: SerializeMap>(map: &mut M, key: &str, value: Option<impl Serialize>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(key, &value),
        None => Ok(()),
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
