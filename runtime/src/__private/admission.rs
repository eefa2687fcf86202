//! The admission of a call of an annotated function that has no fallback: what judges its answers also makes the errors.
//!
//! Everything that depends on the return type is proved once, by one call in the generated code. Each further one costs each
//! annotated function a part of its time in the compiler.

use std::{future::Future, pin::Pin, time::Duration};

use crate::{
    __private::{call_site::CallSite, return_type::Recover},
    breaker::{
        Permit,
        call::{self, Guarded, GuardedWithin, Within},
    },
    classify::classifier::{Judge, TimedJudge},
};

/// A call that was admitted, and its judge.
#[derive(Debug)]
pub struct Admitted<J> {
    permit: Permit<'static>,
    judge: J,
}

impl<J> Admitted<J> {
    #[inline]
    pub(crate) fn by<R: Recover>(judge: J, site: &'static CallSite) -> Result<Self, R> {
        match site.admit() {
            Ok(permit) => Ok(Self { permit, judge }),
            Err(rejected) => Err(R::recover(rejected)),
        }
    }
}

/// Polls `body` under its admission.
#[inline]
pub fn run<F, J>(admitted: Admitted<J>, body: Pin<&mut F>) -> Guarded<'_, F, J>
where
    F: Future,
    J: Judge<F::Output>,
{
    call::guard(admitted.permit, body, admitted.judge)
}

/// Polls a `body` that has a limit under its admission.
pub fn run_within<'a, 'b, F, J>(
    admitted: Admitted<J>,
    body: Pin<&'a mut Within<'b, F>>,
    limit: Duration,
) -> GuardedWithin<'a, Within<'b, F>, J>
where
    F: Future,
    J: TimedJudge<F::Output>,
{
    call::guard_within(admitted.permit, body, limit, admitted.judge)
}
