//! The errors of settings: one variant per rule.

use std::time::Duration;

use crate::config::{
    Difference, Location, Rate,
    duration::DurationText,
    limits::{MAX_KEYS, MAX_NAME_CHARS, MAX_TRIAL_CALLS, MAX_WINDOW_CALLS},
};

/// The reason why a breaker was not built, or its settings were not changed.
///
/// Nothing was registered or changed. Every variant stands for one rule and carries the offending
/// value; the message names what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The name has no visible character.
    #[error("`name` is empty; give the breaker a name of 1 to {MAX_NAME_CHARS} printable characters")]
    NameEmpty,
    /// The name has more than 128 characters.
    #[error("`name` has {characters} characters; use at most {MAX_NAME_CHARS}")]
    NameTooLong {
        /// How many it has.
        characters: usize,
    },
    /// The name holds a character that cannot be seen, or that turns the text
    /// around it.
    #[error("`name` holds {character:?} at position {position}; use printable characters only")]
    NameUnprintable {
        /// Its index, in characters.
        position: usize,
        /// The character.
        character: char,
    },
    /// The name holds a brace, as if a value would take its place.
    #[error("`name` holds `{brace}`; for one breaker per value, use `key` or `CircuitBreaker::keyed`")]
    NameBrace {
        /// The first of them.
        brace: char,
    },
    /// The threshold is zero.
    #[error("`threshold` must be at least 1; with 0 the breaker would be open before the first call")]
    ThresholdZero,
    /// The threshold is beyond its limit.
    #[error("`threshold` is {failures}; the largest value here is {largest}")]
    ThresholdTooLarge {
        /// The number given.
        failures: u32,
        /// 1,000,000 consecutive failures, 10,000 with a window.
        largest: u32,
    },
    /// The failure rate is not above 0 % and at most 100 %.
    #[error("`threshold` is {rate}; a rate must be above 0% and at most 100%")]
    ThresholdRate {
        /// The rate given.
        rate: Rate,
    },
    /// A rate without a window.
    #[error("`threshold` is a rate, {rate}, and needs a `window` of calls or time to be judged over")]
    RateNeedsWindow {
        /// The rate given.
        rate: Rate,
    },
    /// The window holds no call, or more than 10,000.
    #[error("`window` is {calls} calls; use 1 to {MAX_WINDOW_CALLS}")]
    WindowCalls {
        /// The number given.
        calls: u32,
    },
    /// The window has no length, or more than 100 years.
    #[error("`window` is {}; use more than zero and at most 100 years", DurationText(*window))]
    WindowTime {
        /// The duration given.
        window: Duration,
    },
    /// More failures than the window holds calls.
    #[error("`threshold` is {failures}, but the `window` holds {calls} calls: it could never trip")]
    ThresholdExceedsWindow {
        /// The threshold given.
        failures: u32,
        /// The window given.
        calls: u32,
    },
    /// `minimum_calls` without a rate.
    #[error("`minimum_calls` is {calls}, but no rate is judged; give `threshold` as a rate or leave it out")]
    MinimumNeedsRate {
        /// The number given.
        calls: u32,
    },
    /// `minimum_calls` is zero.
    #[error("`minimum_calls` must be at least 1")]
    MinimumZero,
    /// More minimum calls than the window holds.
    #[error("`minimum_calls` is {minimum}, but the `window` holds {calls} calls: it could never trip")]
    MinimumExceedsWindow {
        /// The minimum given.
        minimum: u32,
        /// The window given.
        calls: u32,
    },
    /// `slow_call` is zero or more than 100 years.
    #[error("`slow_call` is {}; use more than zero and at most 100 years", DurationText(*slow_call))]
    SlowCall {
        /// The duration given.
        slow_call: Duration,
    },
    /// `slow_threshold` without `slow_call`.
    #[error("`slow_threshold` is {rate}, but `slow_call` does not say what is slow")]
    SlowThresholdNeedsSlowCall {
        /// The rate given.
        rate: Rate,
    },
    /// `slow_threshold` without a window.
    #[error("`slow_threshold` is a rate, {rate}, and needs a `window` of calls or time to be judged over")]
    SlowThresholdNeedsWindow {
        /// The rate given.
        rate: Rate,
    },
    /// The slow-call rate is not above 0 % and at most 100 %.
    #[error("`slow_threshold` is {rate}; a rate must be above 0% and at most 100%")]
    SlowThresholdRate {
        /// The rate given.
        rate: Rate,
    },
    /// The cooldown is zero or more than 100 years.
    #[error("`cooldown` is {}; use more than zero and at most 100 years", DurationText(*cooldown))]
    Cooldown {
        /// The duration given.
        cooldown: Duration,
    },
    /// The longest cooldown is shorter than the first, or more than 100 years.
    #[error(
        "`max_cooldown` is {}; use at least the `cooldown`, {}, and at most 100 years",
        DurationText(*max_cooldown),
        DurationText(*cooldown)
    )]
    MaxCooldown {
        /// The longest cooldown given.
        max_cooldown: Duration,
        /// The cooldown given.
        cooldown: Duration,
    },
    /// The jitter is not a rate.
    #[error("`jitter` is {jitter}; use 0% to 100%")]
    Jitter {
        /// The rate given.
        jitter: Rate,
    },
    /// No trial calls, or more than 100.
    #[error("`trial_calls` is {calls}; use 1 to {MAX_TRIAL_CALLS}")]
    TrialCalls {
        /// The number given.
        calls: u32,
    },
    /// No keys, or more than 100,000.
    #[error("`max_keys` is {keys}; use 1 to {MAX_KEYS}")]
    MaxKeys {
        /// The number given.
        keys: u32,
    },
    /// A group of this name exists, with another bound.
    #[error("circuit breaker `{name}` already exists with `max_keys` {existing}, not {given}")]
    MaxKeysConflict {
        /// The name of both.
        name: &'static str,
        /// The bound of the group that exists.
        existing: u32,
        /// The bound given.
        given: u32,
    },
    /// A group of keyed breakers has this name.
    #[error("circuit breaker `{name}` has keys; build it with `keyed`, or use another name")]
    Keyed {
        /// The name of both.
        name: &'static str,
    },
    /// A breaker without keys has this name.
    #[error("circuit breaker `{name}` exists without keys; give the keyed breakers another name")]
    NotKeyed {
        /// The name of both.
        name: &'static str,
    },
    /// A variable of the environment stands for this breaker, and for one that
    /// was made before.
    #[error(
        "the variable `{variable}` stands for the circuit breaker `{other}` too; set the value in a file"
    )]
    AmbiguousVariable {
        /// The name of the variable.
        variable: &'static str,
        /// The breaker that was made before.
        other: &'static str,
    },
    /// A breaker of this name exists, or is declared, with other settings.
    #[error("circuit breaker `{name}` {}", difference.with_builder(*declared))]
    Conflict {
        /// The name of both.
        name: &'static str,
        /// The first setting in which they differ.
        difference: Difference,
        /// The function that declares the breaker; `None` for another builder.
        declared: Option<&'static Location>,
    },
}
