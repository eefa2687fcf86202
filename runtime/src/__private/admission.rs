//! The admission and the run of a call of an annotated function.
//!
//! For a function without a fallback, everything that depends on the return type is proved once, by
//! one call in the generated code. Each further one costs each annotated function a part of its
//! time in the compiler.

use std::{future::Future, time::Duration};

use tokio::time::error::Elapsed;

use crate::{
    __private::call_site::CallSite,
    breaker::{
        Permit,
        call::{self, ProtectedCall},
        error_text::ErrorText,
        guard::Guard,
        policy::{Ended, InTime, ReportEnd, Return},
    },
    classify::classifier::{Classifier, TimedClassifier},
    engine::{Engine, Ticket},
    error::{Rejected, TimedOut},
};

/// A call that was admitted, and its classifier.
///
/// Has no `Drop`: rustc would have to place it on each path of each annotated function. One of the
/// functions below makes the guard of the call; generated code awaits nothing before that.
#[derive(Debug, Clone, Copy)]
pub struct Admitted<C> {
    engine: &'static Engine,
    ticket: Ticket,
    classifier: C,
}

impl<C> Admitted<C> {
    #[inline]
    pub(crate) fn by<R>(
        classifier: C,
        site: &'static CallSite,
        answer: fn(Rejected) -> R,
    ) -> Result<Self, Rejection<R>> {
        let engine = site.breaker().engine();
        match engine.acquire() {
            Ok(ticket) => Ok(Self {
                engine,
                ticket,
                classifier,
            }),
            Err(rejected) => Err(Rejection { rejected, answer }),
        }
    }

    #[inline]
    fn permit(&self) -> Permit<'static> {
        Permit(Guard::new(self.engine, self.ticket))
    }
}

/// A call that was rejected, and what makes the answer.
#[derive(Debug)]
pub struct Rejection<R> {
    rejected: Rejected,
    answer: fn(Rejected) -> R,
}

impl<R> Clone for Rejection<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Rejection<R> {}

/// Returns the answer to a rejected call.
#[inline]
pub fn answer<R>(rejection: Rejection<R>) -> R {
    (rejection.answer)(rejection.rejected)
}

/// The future of a call of an annotated function.
type Run<'p, F, P> = ProtectedCall<&'p Engine, F, P>;

/// Polls the body of an admitted call, and answers with its return value.
#[inline]
pub fn run_admitted<F, C, X>(admitted: Admitted<C>, body: F, text: X) -> Run<'static, F, Return<C, X>>
where
    F: Future,
    C: Classifier<F::Output>,
    X: ErrorText<F::Output>,
{
    run(admitted.permit(), body, text, admitted.classifier)
}

/// Like [`run_admitted`], but for a body that [`within`](call::within) has
/// limited.
pub fn run_admitted_within<F, R, C, X>(
    admitted: Admitted<C>,
    body: F,
    limit: Duration,
    text: X,
) -> Run<'static, F, InTime<Return<C, X>>>
where
    F: Future<Output = Result<R, Elapsed>>,
    C: TimedClassifier<R>,
    X: ErrorText<R>,
{
    run_within(admitted.permit(), body, limit, text, admitted.classifier)
}

/// Like [`run_admitted`], but for the body of a synchronous function.
pub fn run_admitted_blocking<R, C, X>(admitted: Admitted<C>, body: impl FnOnce() -> R, text: X) -> R
where
    C: Classifier<R>,
    X: ErrorText<R>,
{
    run_blocking(admitted.permit(), body, text, admitted.classifier)
}

/// Polls `body` under `permit`, and answers with its return value.
#[inline]
pub fn run<F, C, X>(permit: Permit<'_>, body: F, text: X, classifier: C) -> Run<'_, F, Return<C, X>>
where
    F: Future,
    C: Classifier<F::Output>,
    X: ErrorText<F::Output>,
{
    call::run(permit.0, body, Return(classifier, text))
}

/// Like [`run`], but for a body that [`within`](call::within) has limited.
pub fn run_within<F, R, C, X>(
    permit: Permit<'_>,
    body: F,
    limit: Duration,
    text: X,
    classifier: C,
) -> Run<'_, F, InTime<Return<C, X>>>
where
    F: Future<Output = Result<R, Elapsed>>,
    C: TimedClassifier<R>,
    X: ErrorText<R>,
{
    call::run_within(permit.0, body, limit, Return(classifier, text))
}

/// Like [`run`], but for the body of a synchronous function.
pub fn run_blocking<R, C, X>(permit: Permit<'_>, body: impl FnOnce() -> R, text: X, classifier: C) -> R
where
    C: Classifier<R>,
    X: ErrorText<R>,
{
    call::run_blocking(permit.0, body, Return(classifier, text))
}

/// Polls `body` under `permit`, and answers with how it ended.
#[inline]
pub fn report_end<F, C, X>(permit: Permit<'_>, body: F, text: X, classifier: C) -> Run<'_, F, ReportEnd<C, X>>
where
    F: Future,
    C: Classifier<F::Output>,
    X: ErrorText<F::Output>,
{
    call::run(permit.0, body, ReportEnd::new(classifier, text))
}

/// Like [`report_end`], but for a body that [`within`](call::within) has
/// limited.
pub fn report_end_within<F, R, C, X>(
    permit: Permit<'_>,
    body: F,
    limit: Duration,
    text: X,
    classifier: C,
) -> Run<'_, F, InTime<ReportEnd<C, X, TimedOut>>>
where
    F: Future<Output = Result<R, Elapsed>>,
    C: Classifier<R>,
    X: ErrorText<R>,
{
    call::run_within(permit.0, body, limit, ReportEnd::new(classifier, text))
}

/// Like [`report_end`], but for the body of a synchronous function.
pub fn report_end_blocking<R, C, X>(
    permit: Permit<'_>,
    body: impl FnOnce() -> R,
    text: X,
    classifier: C,
) -> Ended<R>
where
    C: Classifier<R>,
    X: ErrorText<R>,
{
    call::run_blocking(permit.0, body, ReportEnd::new(classifier, text))
}
