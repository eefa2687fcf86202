//! What a call without the attribute returns in place of a value.

use crate::error::{Rejected, TimedOut};

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
