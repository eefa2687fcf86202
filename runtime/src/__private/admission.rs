//! The admission and the run of a call of an annotated function.
//!
//! For a function without a fallback, everything that depends on the return type is proved once, by
//! one call in the generated code. Each further one costs each annotated function a part of its
//! time in the compiler.

use std::{future::Future, pin::Pin, time::Duration};

use tokio::time::error::Elapsed;

use crate::{
    __private::call_site::CallSite,
    breaker::{
        Permit,
        call::{self, ProtectedCall},
        error_text::ErrorText,
        policy::{Ended, InTime, Report, Return},
    },
    classify::classifier::{Classifier, TimedClassifier},
    engine::Engine,
    error::{Rejected, TimedOut},
};

/// A call that was admitted, and its classifier.
#[derive(Debug)]
pub struct Admitted<C> {
    permit: Permit<'static>,
    classifier: C,
}

impl<C> Admitted<C> {
    #[inline]
    pub(crate) fn by(classifier: C, site: &'static CallSite) -> Result<Self, Rejected> {
        site.admit().map(|permit| Self { permit, classifier })
    }
}

/// The future of a call of an annotated function.
type Run<'a, 'p, F, P> = ProtectedCall<'a, &'p Engine, F, P>;

/// Polls `body` under its admission.
#[inline]
pub fn run<F, C, X>(admitted: Admitted<C>, body: Pin<&mut F>, text: X) -> Run<'_, 'static, F, Return<C, X>>
where
    F: Future,
    C: Classifier<F::Output>,
    X: ErrorText<F::Output>,
{
    guard(admitted.permit, body, text, admitted.classifier)
}

/// Polls a `body` that has a limit under its admission.
pub fn run_within<F, R, C, X>(
    admitted: Admitted<C>,
    body: Pin<&mut F>,
    limit: Duration,
    text: X,
) -> Run<'_, 'static, F, InTime<Return<C, X>>>
where
    F: Future<Output = Result<R, Elapsed>>,
    C: TimedClassifier<R>,
    X: ErrorText<R>,
{
    guard_within(admitted.permit, body, limit, text, admitted.classifier)
}

/// Runs the body of a synchronous function under its admission.
pub fn run_blocking<R, C, X>(admitted: Admitted<C>, body: impl FnOnce() -> R, text: X) -> R
where
    C: Classifier<R>,
    X: ErrorText<R>,
{
    guard_blocking(admitted.permit, body, text, admitted.classifier)
}

/// Polls `body` under `permit`, and answers with its return value.
#[inline]
pub fn guard<'a, 'p, F, C, X>(
    permit: Permit<'p>,
    body: Pin<&'a mut F>,
    text: X,
    classifier: C,
) -> Run<'a, 'p, F, Return<C, X>>
where
    F: Future,
    C: Classifier<F::Output>,
    X: ErrorText<F::Output>,
{
    call::run(permit.0, body, Return(classifier, text))
}

/// Like [`guard`], but for a body that [`within`](call::within) has limited.
pub fn guard_within<'a, 'p, F, R, C, X>(
    permit: Permit<'p>,
    body: Pin<&'a mut F>,
    limit: Duration,
    text: X,
    classifier: C,
) -> Run<'a, 'p, F, InTime<Return<C, X>>>
where
    F: Future<Output = Result<R, Elapsed>>,
    C: TimedClassifier<R>,
    X: ErrorText<R>,
{
    call::run_within(permit.0, body, limit, Return(classifier, text))
}

/// Like [`guard`], but for the body of a synchronous function.
pub fn guard_blocking<R, C, X>(permit: Permit<'_>, body: impl FnOnce() -> R, text: X, classifier: C) -> R
where
    C: Classifier<R>,
    X: ErrorText<R>,
{
    call::run_blocking(permit.0, body, Return(classifier, text))
}

/// Polls `body` under `permit`, and answers with how it ended.
#[inline]
pub fn protect<'a, 'p, F, C, X>(
    permit: Permit<'p>,
    body: Pin<&'a mut F>,
    text: X,
    classifier: C,
) -> Run<'a, 'p, F, Report<C, X>>
where
    F: Future,
    C: Classifier<F::Output>,
    X: ErrorText<F::Output>,
{
    call::run(permit.0, body, Report::new(classifier, text))
}

/// Like [`protect`], but for a body that [`within`](call::within) has limited.
pub fn protect_within<'a, 'p, F, R, C, X>(
    permit: Permit<'p>,
    body: Pin<&'a mut F>,
    limit: Duration,
    text: X,
    classifier: C,
) -> Run<'a, 'p, F, InTime<Report<C, X, TimedOut>>>
where
    F: Future<Output = Result<R, Elapsed>>,
    C: Classifier<R>,
    X: ErrorText<R>,
{
    call::run_within(permit.0, body, limit, Report::new(classifier, text))
}

/// Like [`protect`], but for the body of a synchronous function.
pub fn protect_blocking<R, C, X>(
    permit: Permit<'_>,
    body: impl FnOnce() -> R,
    text: X,
    classifier: C,
) -> Ended<R>
where
    C: Classifier<R>,
    X: ErrorText<R>,
{
    call::run_blocking(permit.0, body, Report::new(classifier, text))
}
