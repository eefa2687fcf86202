//! The refusal of a call.

use std::{fmt, io, time::Duration};

use crate::{error::rounded::Rounded, state::State};

/// The breaker refused the call: the function did not run.
///
/// 40 bytes, copied, no allocation; the message is made only when it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "BrokenCircuitError")]
#[doc(alias = "CallNotPermittedException")]
pub struct Rejected {
    name: &'static str,
    state: State,
    retry_after: Option<Duration>,
}

impl Rejected {
    pub(crate) const fn new(name: &'static str, state: State, retry_after: Option<Duration>) -> Self {
        Self {
            name,
            state,
            retry_after,
        }
    }

    /// The breaker's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The state in which it refused: open, half-open with all trial slots taken, or forced open.
    pub const fn state(&self) -> State {
        self.state
    }

    /// How long to wait until a call may be admitted; `None` while an operator forces it open. Fits a `Retry-After`.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::HalfOpen => "half-open with all trial calls taken",
            State::ForcedOpen => "forced open",
            State::Open | State::Closed | State::ForcedClosed => "open",
        };
        write!(f, "circuit breaker `{}` is {state}", self.name)?;
        self.retry_after
            .map_or(Ok(()), |wait| write!(f, ", retry in {}", Rounded(wait)))
    }
}

impl std::error::Error for Rejected {}

/// `ConnectionRefused`, with the rejection as its source.
impl From<Rejected> for io::Error {
    fn from(rejected: Rejected) -> Self {
        Self::new(io::ErrorKind::ConnectionRefused, rejected)
    }
}
