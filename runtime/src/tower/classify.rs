//! Classifiers of the result of a service.

use crate::{Outcome, Verdict};

/// A classifier of the results of a service.
///
/// Implemented by [`ErrIsFailure`], the default, and for closures by [`ClassifyFn`].
pub trait Classify<Response, Error> {
    /// Returns how this result counts.
    fn classify(&self, result: &Result<Response, Error>) -> Verdict;
}

/// Counts every `Ok` as a success and every `Err` as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ErrIsFailure;

impl<Response, Error> Classify<Response, Error> for ErrIsFailure {
    fn classify(&self, result: &Result<Response, Error>) -> Verdict {
        match result {
            Ok(_) => Outcome::Success.into(),
            Err(_) => Outcome::Failure.into(),
        }
    }
}

/// A closure as a classifier, from
/// [`CircuitBreakerLayer::classify`](super::CircuitBreakerLayer::classify).
#[derive(Debug, Clone, Copy)]
pub struct ClassifyFn<F>(pub(super) F);

impl<F, V, Response, Error> Classify<Response, Error> for ClassifyFn<F>
where
    F: Fn(&Result<Response, Error>) -> V,
    V: Into<Verdict>,
{
    fn classify(&self, result: &Result<Response, Error>) -> Verdict {
        (self.0)(result).into()
    }
}
