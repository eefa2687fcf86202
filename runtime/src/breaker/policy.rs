//! The policy of a protected call: it classifies the return value of the body
//! and makes the answer for the caller.

use std::{convert::Infallible, fmt, marker::PhantomData, time::Duration};

use tokio::time::error::Elapsed;

use crate::{
    breaker::error_text::ErrorText,
    classify::classifier::{ByVariant, Classifier, TimedClassifier},
    clock::nanos,
    config::name::BreakerName,
    error::{CallError, Refusal, Rounded, TimedOut},
    outcome::{CallEnd, Outcome},
};

/// Classifies what a body returned, and makes the answer for the caller.
///
/// [`end`](Self::end) is called once, then [`write_error`](Self::write_error) if the call is a
/// failure that changes the state, then [`answer`](Self::answer) once.
pub trait Policy<Output> {
    /// The value that the caller gets.
    type Answer;

    /// Returns how the call ended.
    fn end(&mut self, output: &Output) -> CallEnd;

    /// Writes the text of the error in this output, if there is one.
    fn write_error(&self, _: &Output, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }

    /// Makes the answer to a call that was counted as `outcome` by the breaker of
    /// this name.
    fn answer(&mut self, output: Output, outcome: Outcome, name: &BreakerName) -> Self::Answer;
}

/// A policy that has an answer for a call that timed out.
pub trait TimedPolicy<Output>: Policy<Output> {
    /// Makes the answer to a call that timed out.
    fn timed_out(&mut self, timed_out: TimedOut) -> Self::Answer;
}

/// A policy for a body with a time limit.
#[derive(Debug)]
pub struct InTime<P> {
    policy: P,
    /// In nanoseconds, which is 8 bytes less in each annotated future.
    limit: u64,
}

impl<P> InTime<P> {
    pub(crate) const fn new(policy: P, limit: Duration) -> Self {
        let limit = nanos(limit);
        Self { policy, limit }
    }
}

impl<Output, P: TimedPolicy<Output>> Policy<Result<Output, Elapsed>> for InTime<P> {
    type Answer = P::Answer;

    #[inline]
    fn end(&mut self, output: &Result<Output, Elapsed>) -> CallEnd {
        output
            .as_ref()
            .map_or(CallEnd::TimedOut, |output| self.policy.end(output))
    }

    fn write_error(&self, output: &Result<Output, Elapsed>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match output {
            Ok(output) => self.policy.write_error(output, f),
            Err(_) => write!(f, "timed out after {}", Rounded(Duration::from_nanos(self.limit))),
        }
    }

    #[inline]
    fn answer(&mut self, output: Result<Output, Elapsed>, outcome: Outcome, name: &BreakerName) -> P::Answer {
        match output {
            Ok(output) => self.policy.answer(output, outcome, name),
            Err(_) => self
                .policy
                .timed_out(TimedOut::new(name.reference(), Duration::from_nanos(self.limit))),
        }
    }
}

/// Answers with the return value, however it was counted.
#[derive(Debug)]
pub struct Return<C, X>(pub(crate) C, pub(crate) X);

impl<R, C: Classifier<R>, X: ErrorText<R>> Policy<R> for Return<C, X> {
    type Answer = R;

    #[inline]
    fn end(&mut self, output: &R) -> CallEnd {
        CallEnd::Returned(self.0.classify(output))
    }

    fn write_error(&self, output: &R, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.write(output, f)
    }

    #[inline]
    fn answer(&mut self, output: R, _: Outcome, _: &BreakerName) -> R {
        output
    }
}

impl<R, C: TimedClassifier<R>, X: ErrorText<R>> TimedPolicy<R> for Return<C, X> {
    fn timed_out(&mut self, timed_out: TimedOut) -> R {
        self.0.timed_out(timed_out)
    }
}

/// The end of a call, for a function whose fallback also answers failures.
///
/// `T` is [`TimedOut`] if there is a timeout, and impossible otherwise.
#[derive(Debug)]
pub enum Ended<R, T = Infallible> {
    /// This is the answer, a success or ignored.
    Answer(R),
    /// This counted as a failure.
    Failed(R),
    /// The call timed out and was dropped.
    TimedOut(T),
}

/// Answers with how the call ended, for a fallback that also answers failures.
#[derive(Debug)]
pub struct ReportEnd<C, X, T = Infallible>(C, X, PhantomData<T>);

impl<C, X, T> ReportEnd<C, X, T> {
    pub(crate) const fn new(classifier: C, text: X) -> Self {
        Self(classifier, text, PhantomData)
    }
}

impl<R, C: Classifier<R>, X: ErrorText<R>, T> Policy<R> for ReportEnd<C, X, T> {
    type Answer = Ended<R, T>;

    #[inline]
    fn end(&mut self, output: &R) -> CallEnd {
        CallEnd::Returned(self.0.classify(output))
    }

    fn write_error(&self, output: &R, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.write(output, f)
    }

    #[inline]
    fn answer(&mut self, output: R, outcome: Outcome, _: &BreakerName) -> Ended<R, T> {
        match outcome {
            Outcome::Failure => Ended::Failed(output),
            Outcome::Success | Outcome::Ignored => Ended::Answer(output),
        }
    }
}

impl<R, C: Classifier<R>, X: ErrorText<R>> TimedPolicy<R> for ReportEnd<C, X, TimedOut> {
    fn timed_out(&mut self, timed_out: TimedOut) -> Ended<R, TimedOut> {
        Ended::TimedOut(timed_out)
    }
}

/// The policy of [`CircuitBreaker::call`](crate::CircuitBreaker::call).
pub(crate) struct CallPolicy;

impl<T, E> Policy<Result<T, E>> for CallPolicy {
    type Answer = Result<T, CallError<E>>;

    #[inline]
    fn end(&mut self, output: &Result<T, E>) -> CallEnd {
        CallEnd::Returned(ByVariant.classify(output))
    }

    #[inline]
    fn answer(&mut self, output: Result<T, E>, _: Outcome, _: &BreakerName) -> Self::Answer {
        output.map_err(CallError::Inner)
    }
}

impl<T, E> TimedPolicy<Result<T, E>> for CallPolicy {
    fn timed_out(&mut self, timed_out: TimedOut) -> Self::Answer {
        Err(timed_out.into())
    }
}

/// The policy of
/// [`CircuitBreaker::call_classified`](crate::CircuitBreaker::call_classified).
pub(crate) struct ClassifiedPolicy<C>(pub(crate) C);

impl<R, C: Classifier<R>> Policy<R> for ClassifiedPolicy<C> {
    type Answer = Result<R, Refusal>;

    #[inline]
    fn end(&mut self, output: &R) -> CallEnd {
        CallEnd::Returned(self.0.classify(output))
    }

    #[inline]
    fn answer(&mut self, output: R, _: Outcome, _: &BreakerName) -> Self::Answer {
        Ok(output)
    }
}

impl<R, C: Classifier<R>> TimedPolicy<R> for ClassifiedPolicy<C> {
    fn timed_out(&mut self, timed_out: TimedOut) -> Self::Answer {
        Err(timed_out.into())
    }
}
