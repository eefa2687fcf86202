//! A command of an operator, as JSON.

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use super::answer::Problem;
#[cfg(feature = "fleet")]
use crate::fleet::FleetControl;
use crate::{
    breaker::CircuitBreaker,
    config::{Rate, Settings, Threshold},
    event::Operator,
};

/// The longest name and the longest reason, in characters.
const LONGEST_TEXT: usize = 200;

/// A command, the operator's name, and the reason.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageCommand {
    #[serde(rename = "command")]
    verb: Verb,
    who: String,
    reason: String,
    /// After how long a forced state ends by itself. Default: never.
    for_ms: Option<u64>,
    threshold: Option<GivenThreshold>,
    cooldown_ms: Option<u64>,
    #[serde(default)]
    at: At,
    /// One instance of the fleet. Default: the one whose page this is.
    instance: Option<String>,
}

/// The instances that a command is for, by `at` and `instance`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target<'a> {
    /// The one whose page this is.
    This,
    /// The one of this name.
    Instance(&'a str),
    All,
}

/// The value of `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum At {
    /// The one whose page this is.
    #[default]
    Instance,
    /// All instances of the fleet.
    Fleet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verb {
    ForceOpen,
    ForceClosed,
    Release,
    Trip,
    Reset,
    Set,
}

/// `5` or `"50%"`, as in the attribute.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum GivenThreshold {
    Failures(u32),
    Rate(String),
}

impl PageCommand {
    /// Reads a command and checks everything that does not depend on the breaker.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let command: Self = serde_json::from_str(text)
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("not a command: {error}")))?;
        command
            .check()
            .map_err(|message| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message))?;
        Ok(command)
    }

    fn check(&self) -> Result<(), String> {
        for (key, text) in [("who", &self.who), ("reason", &self.reason)] {
            if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT {
                return Err(format!("`{key}` must have 1 to {LONGEST_TEXT} characters"));
            }
        }
        let is_forced = matches!(self.verb, Verb::ForceOpen | Verb::ForceClosed);
        if self.for_ms.is_some() && !is_forced {
            return Err("only `force_open` and `force_closed` take `for_ms`".to_owned());
        }
        if self.for_ms == Some(0) {
            return Err("`for_ms` must be above 0".to_owned());
        }
        if self.at == At::Fleet && self.instance.is_some() {
            return Err(
                "`instance` names one instance, and `at` is the whole fleet; leave one of them out"
                    .to_owned(),
            );
        }
        if self.at == At::Fleet && !is_forced && self.verb != Verb::Release {
            return Err("only `force_open`, `force_closed` and `release` act on the whole fleet".to_owned());
        }
        match (
            self.verb == Verb::Set,
            self.threshold.is_some() || self.cooldown_ms.is_some(),
        ) {
            (true, false) => Err("`set` needs `threshold` or `cooldown_ms`".to_owned()),
            (false, true) => Err("only `set` takes `threshold` and `cooldown_ms`".to_owned()),
            _ => Ok(()),
        }
    }

    pub(super) fn target(&self) -> Target<'_> {
        match (self.at, &self.instance) {
            (At::Fleet, _) => Target::All,
            (At::Instance, Some(instance)) => Target::Instance(instance),
            (At::Instance, None) => Target::This,
        }
    }

    /// Acts on the breaker of this name through the store: on one instance, or on
    /// all if `on` is `None`.
    #[cfg(feature = "fleet")]
    pub(super) async fn apply_by_store(
        &self,
        breaker: &str,
        fleet: &FleetControl,
        on: Option<&str>,
    ) -> Result<(), Problem> {
        let (operator, lasting) = (self.operator(), self.lasting());
        let one = on.map(|instance| fleet.on_instance(instance));
        match (self.verb, one) {
            (Verb::ForceOpen, None) => fleet.force_open(breaker, lasting, operator).await?,
            (Verb::ForceOpen, Some(one)) => one.force_open(breaker, lasting, operator).await?,
            (Verb::ForceClosed, None) => fleet.force_closed(breaker, lasting, operator).await?,
            (Verb::ForceClosed, Some(one)) => one.force_closed(breaker, lasting, operator).await?,
            (Verb::Release, None) => fleet.release(breaker, operator).await?,
            (Verb::Release, Some(one)) => one.release(breaker, operator).await?,
            (Verb::Trip | Verb::Reset | Verb::Set, _) => {
                let message = "only `force_open`, `force_closed` and `release` act on another instance";
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message));
            }
        }
        Ok(())
    }

    fn operator(&self) -> Operator {
        Operator::new(self.who.trim(), self.reason.trim())
    }

    fn lasting(&self) -> Option<Duration> {
        self.for_ms.map(Duration::from_millis)
    }

    /// Acts on this breaker, in the operator's name.
    pub(super) fn apply(&self, breaker: &CircuitBreaker) -> Result<(), Problem> {
        let operator = self.operator();
        match (self.verb, self.lasting()) {
            (Verb::ForceOpen, None) => breaker.force_open_by(operator),
            (Verb::ForceOpen, Some(duration)) => breaker.force_open_for_by(duration, operator),
            (Verb::ForceClosed, None) => breaker.force_closed_by(operator),
            (Verb::ForceClosed, Some(duration)) => breaker.force_closed_for_by(duration, operator),
            (Verb::Release, _) => breaker.release_override_by(operator),
            (Verb::Trip, _) => breaker.trip_by(operator),
            (Verb::Reset, _) => breaker.reset_by(operator),
            (Verb::Set, _) => self.set(breaker, operator)?,
        }
        Ok(())
    }

    fn set(&self, breaker: &CircuitBreaker, operator: Operator) -> Result<(), Problem> {
        let refused = |message: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message);
        let settings = self.settings(breaker.settings()).map_err(refused)?;
        let set = breaker.reconfigure_by(settings, operator);
        set.map_err(|error| refused(error.to_string()))
    }

    /// Returns the settings that `set` makes of these.
    fn settings(&self, mut settings: Settings) -> Result<Settings, String> {
        if let Some(threshold) = &self.threshold {
            settings = settings.with_threshold(threshold.parse()?);
        }
        if let Some(cooldown) = self.cooldown_ms {
            settings = settings.with_cooldown(Duration::from_millis(cooldown));
        }
        Ok(settings)
    }
}

impl GivenThreshold {
    fn parse(&self) -> Result<Threshold, String> {
        match self {
            Self::Failures(failures) => Ok(Threshold::failures(*failures)),
            Self::Rate(text) => {
                let percent = text
                    .strip_suffix('%')
                    .and_then(|percent| percent.trim().parse::<f64>().ok());
                let rate = percent.map(|percent| Threshold::from_rate(Rate::new(percent / 100.0)));
                rate.ok_or_else(|| format!("`threshold` is `{text}`; write `5` or `\"50%\"`"))
            }
        }
    }
}
