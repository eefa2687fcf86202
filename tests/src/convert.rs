//! Conversions between the types of the model and those of the crate.

use std::time::Duration;

use fusebox::{Rate, Reason, Threshold, Window};

use crate::model;
use crate::model::Nanos;

/// Converts the settings of the model into the crate's type.
pub fn settings_of(settings: &model::Settings) -> fusebox::Settings {
    let mut ours = fusebox::Settings::DEFAULT
        .with_threshold(match settings.threshold {
            model::Threshold::Failures(failures) => Threshold::failures(failures),
            model::Threshold::Rate(rate) => Threshold::rate(f64::from(rate) / 1e6),
        })
        .with_cooldown(duration(settings.cooldown))
        .with_trial_calls(u32::try_from(settings.trial_calls).expect("few trial calls"));
    ours = match settings.window {
        model::Window::None => ours,
        model::Window::Calls(calls) => {
            ours.with_window(Window::calls(u32::try_from(calls).expect("few calls")))
        }
        model::Window::Time(length) => ours.with_window(Window::time(duration(length))),
    };
    if settings.has_rate() {
        ours = ours.with_minimum_calls(u32::try_from(settings.minimum_calls).expect("few calls"));
    }
    if let Some(slow_call) = settings.slow_call {
        ours = ours.with_slow_call(duration(slow_call));
    }
    if let Some(rate) = settings.slow_threshold {
        ours = ours.with_slow_threshold(Rate::from_millionths(rate));
    }
    if let Some(max_cooldown) = settings.max_cooldown {
        ours = ours.with_max_cooldown(duration(max_cooldown));
    }
    ours
}

/// Converts the crate's state into the model's.
pub fn state_of(state: fusebox::State) -> model::State {
    match state {
        fusebox::State::Closed => model::State::Closed,
        fusebox::State::Open => model::State::Open,
        fusebox::State::HalfOpen => model::State::HalfOpen,
        fusebox::State::ForcedOpen => model::State::ForcedOpen,
        fusebox::State::ForcedClosed => model::State::ForcedClosed,
        other => panic!("the model has no state {other}"),
    }
}

/// Converts the crate's reason into the model's.
pub fn why_of(reason: Reason) -> model::Why {
    use model::Why;
    match reason {
        Reason::Failures { failures, .. } => Why::Failures(failures),
        Reason::FailureRate { failures, calls, .. } => Why::FailureRate(failures, calls),
        Reason::SlowCallRate { slow, calls, .. } => Why::SlowRate(slow, calls),
        Reason::CooldownElapsed => Why::CooldownElapsed,
        Reason::TrialsSucceeded => Why::TrialsSucceeded,
        Reason::TrialFailed => Why::TrialFailed,
        Reason::TrialsSlow { slow, calls, .. } => Why::TrialsSlow(slow.into(), calls.into()),
        Reason::TrialsAbandoned { calls, .. } => Why::TrialsAbandoned(calls.into()),
        Reason::Operator => Why::Operator,
        Reason::Override => Why::Override,
        other => panic!("a reason unknown to the rules: {other:?}"),
    }
}

/// Converts a length of time into the nanoseconds of the model.
pub fn nanos(duration: Duration) -> Nanos {
    Nanos::try_from(duration.as_nanos()).expect("no duration is that long")
}

/// Converts a time of the model into a reading of the clock, which starts at
/// zero.
pub fn time_at(nanos: Nanos) -> Duration {
    duration(nanos)
}

fn duration(nanos: Nanos) -> Duration {
    Duration::from_nanos(u64::try_from(nanos).expect("within 584 years"))
}
