//! Return types that define a failure and can carry the breaker's own errors,
//! and the compiler's message for those that cannot.

use crate::{
    __private::{
        admission::{Admitted, Rejection},
        call_site::CallSite,
        classifiers::{ByResult, ByResultInTime},
    },
    classify::classifier::{Classifier, TimedClassifier},
    error::{Rejected, TimedOut},
    outcome::Outcome,
};

/// The same message for a type that defines no failure and carries no
/// rejection, whichever of these traits is missing.
macro_rules! needs_a_result {
    ($trait:item) => {
        #[diagnostic::on_unimplemented(
            message = "`{Self}` is not a `Result`, so the breaker cannot recognize a failure or report a rejection with it",
            label = "not a `Result`",
            note = "return a `Result`, or write both `failure = <pattern>` (which return values are failures) and a \
                    `fallback` (the answer to a rejected call)"
        )]
        $trait
    };
}

/// Return types that define a failure themselves.
///
/// A function with a fallback and without a pattern needs this one alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so the breaker cannot recognize a failure",
    label = "not a `Result`",
    note = "write which return values are failures: `failure = <pattern>`"
)]
pub trait IsResult: Sized {
    /// The classifier.
    ///
    /// An associated type, so that a type that is not a `Result` has none, and what depends on
    /// it is not reported.
    type Classify: Classifier<Self> + Copy + Unpin;

    /// Returns the classifier by which an `Err` is a failure.
    fn classifier() -> Self::Classify;

    /// Returns whether this is an `Err`.
    fn is_failure(&self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T, E> IsResult for Result<T, E> {
    type Classify = ByResult<Self>;

    #[inline]
    fn classifier() -> Self::Classify {
        ByResult::NEW
    }

    fn is_failure(&self) -> bool {
        self.is_err()
    }
}

/// Returns the outcome of a value without a pattern: an `Err` is a failure.
#[inline]
pub fn outcome_of<R: IsResult>(result: &R) -> Outcome {
    if result.is_failure() {
        Outcome::Failure
    } else {
        Outcome::Success
    }
}

/// Return types that can carry a rejection.
///
/// A function with a pattern and without a fallback needs this one alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so the breaker cannot report a rejection with it",
    label = "not a `Result`",
    note = "write what answers a rejected call: `fallback = <path>` or `fallback = |cause| <expression>`"
)]
pub trait Recover: Sized {
    /// Returns the error of a call that was not admitted.
    fn recover(rejected: Rejected) -> Self;
}

impl<T, E: FromRejected> Recover for Result<T, E> {
    fn recover(rejected: Rejected) -> Self {
        Err(E::from_rejected(rejected))
    }
}

needs_a_result! {
    /// Return types that do both: those of a function without a pattern and
    /// without a fallback.
    ///
    /// The compiler reports this one first, and then neither of the others.
    pub trait Admit: IsResult {
        /// Returns the error of a call that was not admitted.
        fn recover_as_result(rejected: Rejected) -> Self;

        /// Admits a call, or rejects it with what makes the answer.
        #[inline]
        fn admit(site: &'static CallSite) -> Result<Admitted<Self::Classify>, Rejection<Self>> {
            Admitted::by(Self::classifier(), site, Self::recover_as_result)
        }
    }
}

impl<T, E: FromRejected> Admit for Result<T, E> {
    fn recover_as_result(rejected: Rejected) -> Self {
        Self::recover(rejected)
    }
}

/// Return types that can carry a timeout.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`, so the breaker cannot report a timeout with it",
    label = "not a `Result`",
    note = "write what answers in its place: `fallback = <path>` with `fallback_on = \"failure\"`"
)]
pub trait RecoverTimedOut: IsResult {
    /// Like [`IsResult::Classify`].
    type TimedClassify: TimedClassifier<Self> + Copy + Unpin;

    /// Returns the classifier by which an `Err` is a failure, and which makes the
    /// error of a timeout.
    fn timed_classifier() -> Self::TimedClassify;

    /// Returns the error of a call that took too long.
    fn recover_timed_out(timed_out: TimedOut) -> Self;
}

impl<T, E: FromTimedOut> RecoverTimedOut for Result<T, E> {
    type TimedClassify = ByResultInTime<Self>;

    fn timed_classifier() -> Self::TimedClassify {
        ByResultInTime(Self::recover_timed_out)
    }

    fn recover_timed_out(timed_out: TimedOut) -> Self {
        Err(E::from_timed_out(timed_out))
    }
}

needs_a_result! {
    /// Like [`Admit`], but for a function with a `timeout`.
    pub trait AdmitInTime: Admit + RecoverTimedOut {
        /// Like [`Admit::admit`], but for a function with a `timeout`.
        #[inline]
        fn admit_in_time(site: &'static CallSite) -> Result<Admitted<Self::TimedClassify>, Rejection<Self>> {
            Admitted::by(Self::timed_classifier(), site, Self::recover_as_result)
        }
    }
}

impl<T, E: FromRejected + FromTimedOut> AdmitInTime for Result<T, E> {}

/// Error types that can be made from a rejection: all with `From<Rejected>`.
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` cannot be made from `fusebox::Rejected`, which a refused call returns",
    label = "needs `impl From<fusebox::Rejected> for {Self}`",
    note = "if `{Self}` is not your own type, write what makes it: `error = |refusal| <expression>`; or write a `fallback`"
)]
pub trait FromRejected {
    /// Makes the error.
    fn from_rejected(rejected: Rejected) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Rejected>> FromRejected for E {
    fn from_rejected(rejected: Rejected) -> Self {
        E::from(rejected)
    }
}

/// Error types that can be made from a timeout: all with `From<TimedOut>`.
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` cannot be made from `fusebox::TimedOut`, which a call over its `timeout` returns",
    label = "needs `impl From<fusebox::TimedOut> for {Self}`",
    note = "if `{Self}` is not your own type, write what makes it: `error = |refusal| <expression>`; or write a \
            `fallback` with `fallback_on = \"failure\"`"
)]
pub trait FromTimedOut {
    /// Makes the error.
    fn from_timed_out(timed_out: TimedOut) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> FromTimedOut for E {
    fn from_timed_out(timed_out: TimedOut) -> Self {
        E::from(timed_out)
    }
}

/// Returns the error of a call that was not admitted.
pub fn recover<R: Recover>(rejected: Rejected) -> R {
    R::recover(rejected)
}

/// Like [`recover`], but for a function whose return type also has to define a
/// failure.
pub fn recover_as_result<R: Admit>(rejected: Rejected) -> R {
    R::recover_as_result(rejected)
}

/// Returns the error of a call that took too long.
pub fn recover_timed_out<R: RecoverTimedOut>(timed_out: TimedOut) -> R {
    R::recover_timed_out(timed_out)
}
