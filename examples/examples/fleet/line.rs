//! What an order service reports, one line each.

use std::{fmt, str::FromStr};

use fusebox::State;

/// A report of one order service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A breaker changed. The time is in microseconds since 1970.
    Changed { at: u128, breaker: String, state: State },
    /// The store became reachable or unreachable.
    Store { at: u128, is_up: bool },
    /// Every half second.
    Calls(Calls),
}

/// The calls of one order service so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Calls {
    pub(crate) started: u64,
    /// Answered, failed or rejected: a call that did none of these is lost.
    pub(crate) ended: u64,
    pub(crate) rejected: u64,
    /// Calls that have waited for something outside of their request.
    pub(crate) slowed: u64,
    /// The longest time that a call spent outside of its request.
    pub(crate) longest_overhead_micros: u64,
}

impl Line {
    /// The reading of the host's clock, in microseconds.
    pub(crate) fn now() -> u128 {
        Self::micros(std::time::SystemTime::now())
    }

    pub(crate) fn micros(time: std::time::SystemTime) -> u128 {
        time.duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_micros())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { at, breaker, state } => write!(f, "changed {at} {breaker} {state}"),
            Self::Store { at, is_up } => write!(f, "store {at} {is_up}"),
            Self::Calls(calls) => write!(
                f,
                "calls {} {} {} {} {}",
                calls.started, calls.ended, calls.rejected, calls.slowed, calls.longest_overhead_micros
            ),
        }
    }
}

impl FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).ok_or_else(|| format!("an order service wrote {text:?}"))
    }
}

fn parse(text: &str) -> Option<Line> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["changed", at, breaker, state] => Some(Line::Changed {
            at: at.parse().ok()?,
            breaker: breaker.to_owned(),
            state: state_of(state)?,
        }),
        ["store", at, is_up] => Some(Line::Store {
            at: at.parse().ok()?,
            is_up: is_up.parse().ok()?,
        }),
        ["calls", started, ended, rejected, slowed, overhead] => Some(Line::Calls(Calls {
            started: started.parse().ok()?,
            ended: ended.parse().ok()?,
            rejected: rejected.parse().ok()?,
            slowed: slowed.parse().ok()?,
            longest_overhead_micros: overhead.parse().ok()?,
        })),
        _ => None,
    }
}

fn state_of(text: &str) -> Option<State> {
    [
        State::Closed,
        State::Open,
        State::HalfOpen,
        State::ForcedOpen,
        State::ForcedClosed,
        State::Disabled,
    ]
    .into_iter()
    .find(|state| state.as_str() == text)
}
