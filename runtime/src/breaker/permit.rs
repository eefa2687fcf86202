//! A permit to make one call, whose end is always recorded.

use std::{fmt, future::Future, pin::pin, sync::Arc};

use crate::{
    breaker::{
        call::{run, run_blocking},
        error_text::NoText,
        guard::Guard,
        policy::Return,
    },
    classify::classifier::{ByFunction, ByVariant},
    engine::{Engine, FailedWith},
    outcome::{CallEnd, Outcome, Verdict},
};

/// Both permits have the same methods.
macro_rules! permit {
    ($(#[$doc:meta])* $name:ident $(<$lifetime:lifetime>)?, $engine:ty) => {
        $(#[$doc])*
        #[must_use = "a permit that is dropped at once is a call that was cancelled at once"]
        pub struct $name $(<$lifetime>)? (pub(crate) Guard<$engine>);

        impl $(<$lifetime>)? $name $(<$lifetime>)? {
            /// Counts the call as a success.
            #[inline]
            pub fn success(self) {
                self.record(Outcome::Success);
            }

            /// Counts the call as a failure.
            #[inline]
            pub fn failure(self) {
                self.record(Outcome::Failure);
            }

            /// Counts the call as a failure with this error.
            ///
            /// If the failure changes the state of the breaker, its event, the
            /// [history](crate::CircuitBreaker::history) and
            /// [`Snapshot::last_trip`](crate::Snapshot::last_trip) keep the first 200 characters of
            /// the error's text. Only then is it formatted, outside any lock. A panic of its
            /// `Display` is caught and [counted](crate::Registry::subscriber_panics).
            pub fn failure_with(mut self, error: &(impl fmt::Display + ?Sized)) {
                let end = CallEnd::Returned(Outcome::Failure.into());
                self.0.record(end, Some(&FailedWith(&error)));
            }

            /// Counts the call neither as a success nor as a failure.
            #[inline]
            pub fn ignore(self) {
                self.record(Outcome::Ignored);
            }

            /// Records how the call ended.
            ///
            /// Returns how it counted: a slow success may count as a failure.
            ///
            /// A [`Verdict`] may also request a cooldown.
            #[inline]
            pub fn record(mut self, outcome: impl Into<Verdict>) -> Outcome {
                self.0.record(CallEnd::Returned(outcome.into()), None)
            }

            /// Runs a call under this permit: `Ok` is a success, `Err` or a
            /// panic a failure.
            ///
            /// # Cancel safety
            /// Dropping the future counts as [`cancelled`](crate::Totals::cancelled) and frees a
            /// trial slot.
            #[allow(clippy::manual_async_fn, reason = "an `async fn` would hold its argument once more")]
            pub fn run<T, F>(
                self,
                call: impl Future<Output = Result<T, F>>,
            ) -> impl Future<Output = Result<T, F>> {
                async move { run(self.0, pin!(call), Return(ByVariant, NoText)).await }
            }

            /// Like [`run`](Self::run), but for a call of any type; `classify`
            /// decides how its return value counts.
            ///
            /// # Cancel safety
            /// Like [`run`](Self::run).
            #[allow(clippy::manual_async_fn, reason = "an `async fn` would hold its argument once more")]
            pub fn run_classified<R, V: Into<Verdict>>(
                self,
                call: impl Future<Output = R>,
                classify: impl FnOnce(&R) -> V,
            ) -> impl Future<Output = R> {
                async move { run(self.0, pin!(call), Return(ByFunction::new(classify), NoText)).await }
            }

            /// Like [`run`](Self::run), but for synchronous code.
            ///
            /// # Panics
            /// A panic of the call is counted and goes on.
            pub fn run_blocking<T, F>(self, call: impl FnOnce() -> Result<T, F>) -> Result<T, F> {
                run_blocking(self.0, call, Return(ByVariant, NoText))
            }

            /// Returns the generation in which the call was admitted.
            pub fn generation(&self) -> u64 {
                self.0.generation()
            }

            /// Returns whether the call is a trial call.
            ///
            /// A call inside of a trial call is not one.
            pub fn is_trial(&self) -> bool {
                self.0.is_trial()
            }
        }

        impl $(<$lifetime>)? fmt::Debug for $name $(<$lifetime>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.debug(stringify!($name), f)
            }
        }
    };
}

permit! {
    /// A permit to make one call.
    ///
    /// It carries the generation of its admission: a result that comes after the breaker has
    /// changed is *stale* and changes nothing. Dropping it means that the call was cancelled. That
    /// is neutral and frees a trial slot, unless the call has run for at least `slow_call`: then it
    /// is slow. A permit borrows its breaker; an [`OwnedPermit`] does not.
    Permit<'a>, &'a Engine
}

permit! {
    /// A [`Permit`] that owns a handle of its breaker, so that it can be moved
    /// into a task.
    OwnedPermit, Arc<Engine>
}
