//! What a caller gets instead of an answer.

use std::{fmt, io, time::Duration};

use crate::state::State;

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

/// The call took longer than `timeout` and was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("call through circuit breaker `{name}` timed out after {}", Rounded(*.after))]
pub struct TimedOut {
    name: &'static str,
    after: Duration,
}

impl TimedOut {
    pub(crate) const fn new(name: &'static str, after: Duration) -> Self {
        Self { name, after }
    }

    /// The breaker's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The timeout.
    pub const fn after(&self) -> Duration {
        self.after
    }
}

/// `ConnectionRefused`, with the rejection as its source.
impl From<Rejected> for io::Error {
    fn from(rejected: Rejected) -> Self {
        Self::new(io::ErrorKind::ConnectionRefused, rejected)
    }
}

/// `TimedOut`, with the timeout as its source.
impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}

/// What [`CircuitBreaker::call`](crate::CircuitBreaker::call) returns in place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CallError<E> {
    /// The breaker refused the call.
    #[error(transparent)]
    Rejected(Rejected),
    /// The call took longer than the handle's timeout.
    #[error(transparent)]
    TimedOut(TimedOut),
    /// The call itself failed.
    #[error("{0}")]
    Inner(#[source] E),
}

impl<E> CallError<E> {
    /// One error type for all three, as the attribute returns it.
    ///
    /// ```
    /// # use fusebox::CallError;
    /// let refused: Result<(), CallError<std::io::Error>> = Err(CallError::Inner(std::io::ErrorKind::NotFound.into()));
    /// let refused: Result<(), std::io::Error> = refused.map_err(CallError::flatten);
    /// # assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::NotFound);
    /// ```
    pub fn flatten(self) -> E
    where
        E: From<Rejected> + From<TimedOut>,
    {
        match self {
            Self::Rejected(rejected) => rejected.into(),
            Self::TimedOut(timed_out) => timed_out.into(),
            Self::Inner(error) => error,
        }
    }

    /// The call's own error, if it is that.
    pub fn into_inner(self) -> Option<E> {
        match self {
            Self::Inner(error) => Some(error),
            Self::Rejected(_) | Self::TimedOut(_) => None,
        }
    }
}

/// A duration for people: two digits are enough.
struct Rounded(Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let step: u128 = match nanos {
            0..1_000_000 => 1_000,
            1_000_000..1_000_000_000 => 1_000_000,
            1_000_000_000..10_000_000_000 => 100_000_000,
            _ => 1_000_000_000,
        };
        // Up, so that who waits for it does not come too early.
        let rounded = Duration::from_nanos(u64::try_from(nanos.div_ceil(step) * step).unwrap_or(u64::MAX));
        fmt::Debug::fmt(&rounded, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_names_breaker_state_and_wait() {
        let open = Rejected::new("payments", State::Open, Some(Duration::from_secs(12)));
        assert_eq!(
            open.to_string(),
            "circuit breaker `payments` is open, retry in 12s"
        );
        let forced = Rejected::new("payments", State::ForcedOpen, None);
        assert_eq!(forced.to_string(), "circuit breaker `payments` is forced open");
    }

    #[test]
    fn a_wait_is_rounded_up() {
        for (nanos, text) in [
            (1, "1µs"),
            (1_000_001, "2ms"),
            (1_000_000_001, "1.1s"),
            (12_000_000_001, "13s"),
            (999_999_999, "1s"),
        ] {
            assert_eq!(Rounded(Duration::from_nanos(nanos)).to_string(), text);
        }
    }

    #[test]
    fn both_convert_into_io_errors() {
        let error = io::Error::from(TimedOut::new("payments", Duration::from_secs(1)));
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(
            error.to_string(),
            "call through circuit breaker `payments` timed out after 1s"
        );
        let error = io::Error::from(Rejected::new("payments", State::Open, None));
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
