//! Settings as text: one line of `key = value`, as in the attribute.

use std::{fmt, str::FromStr};

use crate::config::{
    ParseError, Rate, Setting, Settings, Threshold, Window,
    duration::{self, DurationText},
    limits::MAX_TRIAL_CALLS,
};

/// The text of settings that all have their default.
const DEFAULTS: &str = "defaults";

impl Settings {
    /// Sets one value from text, by its key and in its form in the attribute.
    ///
    /// ```
    /// use fusebox::Settings;
    ///
    /// let settings = Settings::DEFAULT.with_text("cooldown", "1m 30s")?;
    /// assert_eq!(settings.to_string(), "cooldown = 1m 30s");
    /// # Ok::<(), fusebox::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// If the key is not one of a breaker's settings, or the value is not legal by itself.
    /// [`check`](Self::check) finds values that do not fit together.
    pub fn with_text(self, key: &str, value: &str) -> Result<Self, ParseError> {
        let Some(setting) = Setting::of(key) else {
            return Err(unknown(key));
        };
        Ok(match setting {
            Setting::Threshold => self.with_threshold(value.parse()?),
            Setting::Window => self.with_window(value.parse()?),
            Setting::MinimumCalls => self.with_minimum_calls(number(key, value, u32::MAX)?),
            Setting::SlowCall => self.with_slow_call(duration::parse(key, value)?),
            Setting::SlowThreshold => self.with_slow_threshold(Rate::parse(key, value)?.above_zero(key)?),
            Setting::Cooldown => self.with_cooldown(duration::parse(key, value)?),
            Setting::MaxCooldown => self.with_max_cooldown(duration::parse(key, value)?),
            Setting::Jitter => self.with_jitter(Rate::parse(key, value)?),
            Setting::TrialCalls => self.with_trial_calls(number(key, value, MAX_TRIAL_CALLS)?),
            Setting::Latency => self.with_latency(switch(key, value)?),
        })
    }

    /// Returns the text of one value; `None` if it is the default.
    fn text_of(&self, setting: Setting) -> Option<String> {
        let default = Self::DEFAULT;
        let time = |duration| DurationText(duration).to_string();
        match setting {
            Setting::Threshold => (self.threshold != default.threshold).then(|| self.threshold.to_string()),
            Setting::Window => self.window.map(|window| window.to_string()),
            Setting::MinimumCalls => {
                let unset = Self {
                    minimum_calls: None,
                    ..*self
                };
                let calls = self.minimum_calls().filter(|_| *self != unset);
                calls.map(|calls| calls.to_string())
            }
            Setting::SlowCall => self.slow_call.map(time),
            Setting::SlowThreshold => self.slow_threshold.map(|rate| rate.to_string()),
            Setting::Cooldown => (self.cooldown != default.cooldown).then(|| time(self.cooldown)),
            Setting::MaxCooldown => self.max_cooldown.map(time),
            Setting::Jitter => (self.jitter != default.jitter).then(|| self.jitter.to_string()),
            Setting::TrialCalls => {
                (self.trial_calls != default.trial_calls).then(|| self.trial_calls.to_string())
            }
            Setting::Latency => self.latency.then(|| self.latency.to_string()),
        }
    }
}

fn unknown(key: &str) -> ParseError {
    let keys = Setting::ALL.map(|key| format!("`{}`", key.name()));
    ParseError::new(format!(
        "`{key}` is not a setting of a breaker; the settings are {}",
        keys.join(", ")
    ))
}

/// Reads `true` or `false`.
fn switch(key: &str, text: &str) -> Result<bool, ParseError> {
    let text = text.trim();
    text.parse()
        .map_err(|_| ParseError::new(format!("`{key}` takes `true` or `false`, not `{text}`")))
}

/// Reads a whole number from 1 to `largest`.
pub(super) fn number(key: &str, text: &str, largest: u32) -> Result<u32, ParseError> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return Err(ParseError::new(format!(
            "`{key}` takes a whole number, not `{text}`"
        )));
    }
    match (key, text.parse()) {
        ("threshold", Ok(0)) => Err(ParseError::new(
            "`threshold` must be at least 1; with 0 the breaker would be open before the first call",
        )),
        ("trial_calls", Ok(0)) => Err(ParseError::new(
            "`trial_calls` must be at least 1; with 0 the breaker would never close again",
        )),
        (_, Ok(0)) => Err(ParseError::new(format!("`{key}` must be at least 1"))),
        (_, Ok(number)) if number <= largest => Ok(number),
        _ => Err(ParseError::new(format!(
            "`{key}` is too large; the largest value is {largest}"
        ))),
    }
}

/// The settings that differ from their defaults.
///
/// For example `threshold = 50%, window = 10s`; `defaults` if none differs.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_each = Setting::ALL.into_iter().filter_map(|setting| {
            let text = self.text_of(setting)?;
            Some(format!("{} = {text}", setting.name()))
        });
        let written: Vec<_> = of_each.collect();
        if written.is_empty() {
            f.pad(DEFAULTS)
        } else {
            f.pad(&written.join(", "))
        }
    }
}

/// Reads what `Display` writes. A value may have quotes, as in the
/// attribute.
impl FromStr for Settings {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut settings = Self::DEFAULT;
        if text.trim() == DEFAULTS {
            return Ok(settings);
        }
        let mut seen = Vec::new();
        for part in text.split(',') {
            let Some((key, value)) = part.split_once('=') else {
                return Err(ParseError::new(format!(
                    "expected `key = value`, found `{}`; write for example `cooldown = 10s`",
                    part.trim()
                )));
            };
            let (key, value) = (key.trim(), value.trim());
            if seen.contains(&key) {
                return Err(ParseError::new(format!("`{key}` is given twice")));
            }
            seen.push(key);
            let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            settings = settings.with_text(key, unquoted.unwrap_or(value))?;
        }
        Ok(settings)
    }
}

/// `5` is a number of failures, `50%` a failure rate.
impl FromStr for Threshold {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let key = "threshold";
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            number(key, text, crate::config::limits::MAX_CONSECUTIVE_FAILURES).map(Self::failures)
        } else {
            Rate::parse(key, text)?.above_zero(key).map(Self::from_rate)
        }
    }
}

/// `20` is a number of calls, `10s` a time.
impl FromStr for Window {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let key = "window";
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            number(key, text, crate::config::limits::MAX_WINDOW_CALLS).map(Self::calls)
        } else {
            duration::parse(key, text).map(Self::time)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn error<T: FromStr<Err = ParseError> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().expect_err(text).to_string()
    }

    #[test]
    fn a_threshold_is_a_number_or_a_rate() {
        assert_eq!("5".parse(), Ok(Threshold::failures(5)));
        assert_eq!(" 12.5% ".parse(), Ok(Threshold::rate(0.125)));
        assert_eq!(
            error::<Threshold>("0"),
            "`threshold` must be at least 1; with 0 the breaker would be open before the first call"
        );
        assert_eq!(
            error::<Threshold>("1000001"),
            "`threshold` is too large; the largest value is 1000000"
        );
        assert_eq!(error::<Threshold>("0%"), "`threshold` must be more than 0%");
        assert_eq!(error::<Threshold>("101%"), "`threshold` is at most 100%");
        assert_eq!(
            error::<Threshold>("0.5"),
            "a rate needs a percent sign; did you mean `threshold = 50%`?"
        );
        assert_eq!(
            error::<Threshold>("many"),
            "`many` is neither a number nor a rate; write for example `threshold = 5` or `threshold = 50%`"
        );
    }

    #[test]
    fn a_window_is_a_number_of_calls_or_a_time() {
        assert_eq!("20".parse(), Ok(Window::calls(20)));
        assert_eq!("1m 30s".parse(), Ok(Window::time(Duration::from_secs(90))));
        assert_eq!(error::<Window>("0"), "`window` must be at least 1");
        assert_eq!(
            error::<Window>("10001"),
            "`window` is too large; the largest value is 10000"
        );
        assert_eq!(error::<Window>("0s"), "`window` must be longer than zero");
    }

    #[test]
    fn settings_are_written_as_the_keys_that_differ_from_their_defaults() {
        assert_eq!(Settings::DEFAULT.to_string(), "defaults");
        let rate = Settings::DEFAULT
            .with_threshold(Threshold::rate(0.5))
            .with_window(Window::time(Duration::from_secs(10)))
            .with_jitter(Rate::new(0.2));
        assert_eq!(rate.to_string(), "threshold = 50%, window = 10s, jitter = 20%");
        assert_eq!(
            rate.with_minimum_calls(10).to_string(),
            rate.to_string(),
            "the default"
        );
        assert_eq!(
            rate.with_minimum_calls(3).to_string(),
            "threshold = 50%, window = 10s, minimum_calls = 3, jitter = 20%"
        );
    }

    #[test]
    fn settings_are_read_as_the_attribute_writes_them() {
        let read =
            r#"threshold = "50%", window = 20, slow_call = "1s", cooldown = "1m 30s", trial_calls = 3"#;
        let written = Settings::DEFAULT
            .with_threshold(Threshold::rate(0.5))
            .with_window(Window::calls(20))
            .with_slow_call(Duration::from_secs(1))
            .with_cooldown(Duration::from_secs(90))
            .with_trial_calls(3);
        assert_eq!(read.parse(), Ok(written));
        assert_eq!("defaults".parse(), Ok(Settings::DEFAULT));
    }

    #[test]
    fn what_is_wrong_with_settings_is_named() {
        assert_eq!(
            error::<Settings>("cooldown"),
            "expected `key = value`, found `cooldown`; write for example `cooldown = 10s`"
        );
        assert!(
            error::<Settings>("wait = 10s")
                .starts_with("`wait` is not a setting of a breaker; the settings are `thr")
        );
        assert_eq!(
            error::<Settings>("cooldown = 1s, cooldown = 2s"),
            "`cooldown` is given twice"
        );
        assert_eq!(
            error::<Settings>("trial_calls = 101"),
            "`trial_calls` is too large; the largest value is 100"
        );
        assert_eq!(
            error::<Settings>("latency = on"),
            "`latency` takes `true` or `false`, not `on`"
        );
        assert_eq!(
            error::<Settings>("jitter = 0.2"),
            "a rate needs a percent sign; did you mean `jitter = 20%`?"
        );
        assert_eq!(
            error::<Settings>("minimum_calls = few"),
            "`minimum_calls` takes a whole number, not `few`"
        );
    }

    fn settings() -> impl Strategy<Value = Settings> {
        let rate = || (1_u32..=1_000_000).prop_map(Rate::from_millionths);
        let time = || (1_u64..=u64::from(u32::MAX) * 1_000).prop_map(Duration::from_nanos);
        let threshold = prop_oneof![
            (1_u32..=1_000_000).prop_map(Threshold::failures),
            rate().prop_map(Threshold::from_rate)
        ];
        let window = prop_oneof![
            (1_u32..=10_000).prop_map(Window::calls),
            time().prop_map(Window::time)
        ];
        let optional = (
            proptest::option::of(window),
            proptest::option::of(1_u32..100),
            proptest::option::of(time()),
            proptest::option::of(rate()),
            proptest::option::of(time()),
        );
        (threshold, optional, time(), rate(), 1_u32..=100, any::<bool>()).prop_map(
            |(
                threshold,
                (window, minimum_calls, slow_call, slow_threshold, max_cooldown),
                cooldown,
                jitter,
                trial_calls,
                latency,
            )| {
                Settings {
                    threshold,
                    window,
                    minimum_calls,
                    slow_call,
                    slow_threshold,
                    cooldown,
                    max_cooldown,
                    jitter,
                    trial_calls,
                    latency,
                    ..Settings::DEFAULT
                }
            },
        )
    }

    proptest! {
        #[test]
        fn settings_read_what_they_write(settings in settings()) {
            prop_assert_eq!(settings.to_string().parse(), Ok(settings), "{}", settings);
        }
    }
}
