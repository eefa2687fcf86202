//! The rejection of a call.

use std::{error::Error, fmt, io, time::Duration};

use crate::{error::rounded::Rounded, state::State};

/// The breaker rejected the call: the function did not run.
///
/// 16 bytes that are copied; the message is made only when it is printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "BrokenCircuitError")]
#[doc(alias = "CallNotPermittedException")]
pub struct Rejected {
    /// A thin pointer: names live as long as the process.
    name: &'static &'static str,
    /// The state in the upper two bits, then the nanoseconds until a retry
    /// makes sense, [`UNKNOWN`] if that is not known.
    state_and_wait: u64,
}

const STATE_SHIFT: u32 = 62;
/// 146 years: longer than any cooldown.
const UNKNOWN: u64 = (1 << STATE_SHIFT) - 1;

impl Rejected {
    /// `retry_after` in nanoseconds.
    #[inline]
    pub(crate) const fn new(name: &'static &'static str, state: State, retry_after: Option<u64>) -> Self {
        let state = match state {
            State::HalfOpen => 1,
            State::ForcedOpen => 2,
            State::Open | State::Closed | State::ForcedClosed | State::Disabled => 0,
        };
        let wait = match retry_after {
            Some(nanos) if nanos < UNKNOWN => nanos,
            Some(_) => UNKNOWN - 1,
            None => UNKNOWN,
        };
        Self {
            name,
            state_and_wait: state << STATE_SHIFT | wait,
        }
    }

    /// The breaker's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The state in which it rejected: open, half-open with all trial slots
    /// taken, or forced open.
    pub const fn state(&self) -> State {
        match self.state_and_wait >> STATE_SHIFT {
            0 => State::Open,
            1 => State::HalfOpen,
            _ => State::ForcedOpen,
        }
    }

    /// How long to wait until a trial call is admitted.
    ///
    /// `None` if that is not known: while half-open the running trial call decides, and while
    /// forced open an operator.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self.state_and_wait & UNKNOWN {
            UNKNOWN => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    /// [`retry_after`](Self::retry_after) in whole seconds, rounded up: the
    /// value of a `Retry-After` header.
    pub fn retry_after_secs(&self) -> Option<u64> {
        self.retry_after()
            .map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("name", &self.name())
            .field("state", &self.state())
            .field("retry_after", &self.retry_after())
            .finish()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state() {
            State::HalfOpen => "half-open with all trial calls taken",
            State::ForcedOpen => "forced open",
            State::Open | State::Closed | State::ForcedClosed | State::Disabled => "open",
        };
        write!(f, "circuit breaker `{}` is {state}", self.name())?;
        self.retry_after()
            .map_or(Ok(()), |wait| write!(f, ", retry in {}", Rounded(wait)))
    }
}

impl Error for Rejected {}

/// Makes an error of the kind `Other` with the rejection as its payload;
/// [`Rejected::find`] finds it there.
///
/// Not of the kind `ConnectionRefused`: retry helpers repeat such a call at once.
impl From<Rejected> for io::Error {
    fn from(rejected: Rejected) -> Self {
        Self::other(rejected)
    }
}
