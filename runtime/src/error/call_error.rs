//! The error of a call without the attribute.

use std::{error::Error, fmt};

use crate::error::{Refusal, Rejected, TimedOut};

/// The error that [`CircuitBreaker::call`](crate::CircuitBreaker::call)
/// returns.
///
/// Its [`source`](Error::source) is the [`Rejected`] or the [`TimedOut`]. [`Inner`](Self::Inner) is
/// transparent: it has the message and the source of the call's own error. So a printed chain has
/// no message twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallError<E> {
    /// The breaker rejected the call.
    Rejected(Rejected),
    /// The call took longer than the handle's timeout.
    TimedOut(TimedOut),
    /// The call itself failed.
    Inner(E),
}

impl<E> CallError<E> {
    /// Converts all three to one error type, like that of an annotated
    /// function.
    ///
    /// ```
    /// # use fusebox::CallError;
    /// let failed: Result<(), CallError<std::io::Error>> = Err(CallError::Inner(std::io::ErrorKind::NotFound.into()));
    /// let failed: Result<(), std::io::Error> = failed.map_err(CallError::flatten);
    /// # assert_eq!(failed.unwrap_err().kind(), std::io::ErrorKind::NotFound);
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

    /// Returns the call's own error; `None` for a rejection and a timeout.
    pub fn into_inner(self) -> Option<E> {
        match self {
            Self::Inner(error) => Some(error),
            Self::Rejected(_) | Self::TimedOut(_) => None,
        }
    }

    /// Returns the breaker's own answer; `None` for the call's own error.
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Rejected(rejected) => Some(Refusal::Rejected(*rejected)),
            Self::TimedOut(timed_out) => Some(Refusal::TimedOut(*timed_out)),
            Self::Inner(_) => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The state and the wait are in the message of the source.
            Self::Rejected(rejected) => write!(f, "circuit breaker `{}` rejected the call", rejected.name()),
            Self::TimedOut(timed_out) => write!(f, "circuit breaker `{}` dropped the call", timed_out.name()),
            Self::Inner(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for CallError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(rejected) => Some(rejected),
            Self::TimedOut(timed_out) => Some(timed_out),
            Self::Inner(error) => error.source(),
        }
    }
}

impl<E> From<Rejected> for CallError<E> {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

impl<E> From<TimedOut> for CallError<E> {
    fn from(timed_out: TimedOut) -> Self {
        Self::TimedOut(timed_out)
    }
}

impl<E> From<Refusal> for CallError<E> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejected) => rejected.into(),
            Refusal::TimedOut(timed_out) => timed_out.into(),
        }
    }
}
