//! The text of the error of a failed call.

use std::fmt;

/// Writes the text of the error in an answer, if there is one.
///
/// Called only for a failure that changes the state of its breaker, with no lock held.
pub trait ErrorText<R> {
    /// Writes the text; nothing if the answer holds no error.
    fn write(&self, answer: &R, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// The text of answers whose errors have none.
#[derive(Debug, Clone, Copy)]
pub struct NoText;

impl<R> ErrorText<R> for NoText {
    fn write(&self, _: &R, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// The text of an `Err` by its `Display`.
#[derive(Debug, Clone, Copy)]
pub struct DisplayedError;

impl<T, E: fmt::Display> ErrorText<Result<T, E>> for DisplayedError {
    fn write(&self, answer: &Result<T, E>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match answer {
            Ok(_) => Ok(()),
            Err(error) => error.fmt(f),
        }
    }
}
