//! A permit to make one call, whose end is always recorded.

use std::{fmt, future::Future, mem, ops::Deref, pin::pin, sync::Arc};

use crate::{
    breaker::{
        call::{run, run_blocking},
        policy::{Policy, Return},
    },
    classify::classifier::{ByFunction, ByVariant},
    engine::{Engine, Ticket},
    outcome::{CallEnd, Outcome, Verdict},
};

/// A ticket whose end is recorded once: by a result, by a panic, or by being dropped.
pub(crate) struct Guard<E: Deref<Target = Engine>> {
    engine: E,
    ticket: Ticket,
}

impl<E: Deref<Target = Engine>> Guard<E> {
    #[inline]
    pub(crate) fn new(engine: E, ticket: Ticket) -> Self {
        Self { engine, ticket }
    }

    /// Polls or runs the body of the call. [`finish`](Self::finish) or [`suspend`](Self::suspend) comes next.
    ///
    /// # Panics
    /// If the end of the call was recorded before.
    #[inline]
    pub(crate) fn run_body<R>(&mut self, body: impl FnOnce() -> R) -> R {
        // One comparison for everything that a healthy call is not.
        if !self.ticket.is_plain() {
            self.begin_marked();
        }
        self.run_user_code(body)
    }

    /// Starts the time of a permit that was handed out ahead of its call, and the poll of a trial call (R20).
    #[cold]
    fn begin_marked(&mut self) {
        assert!(
            !self.ticket.is_spent(),
            "a protected call was polled after it had ended"
        );
        self.engine.start(&mut self.ticket);
        if self.ticket.is_trial() {
            self.engine.enter_trial(&mut self.ticket);
        }
    }

    /// Ends a poll after which the body is still pending.
    #[inline]
    pub(crate) fn suspend(&mut self) {
        if !self.ticket.is_plain() {
            self.engine.leave_trial(&mut self.ticket);
        }
    }

    /// Runs the body or the classifier. If it panics, dropping the guard counts a failure (R12).
    ///
    /// The mark is one of this call, because `thread::panicking()` is true as well while another panic drops an innocent call. Only
    /// unwinding makes it, so a call that does not panic writes nothing.
    #[inline]
    pub(crate) fn run_user_code<R>(&mut self, user_code: impl FnOnce() -> R) -> R {
        let panicking = MarksPanic(self);
        let result = user_code();
        mem::forget(panicking);
        result
    }

    /// Classifies and counts what the body returned, and makes the answer.
    #[inline]
    pub(crate) fn finish<R, P: Policy<R>>(&mut self, output: R, policy: &mut P) -> P::Answer {
        let end = self.run_user_code(|| policy.end(&output));
        let outcome = self.record(end);
        policy.answer(output, outcome, self.engine.name())
    }

    /// Counts the end of the call; returns how it was counted.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call where a value is classified: 65 instructions become 88"
    )]
    #[inline(always)]
    pub(crate) fn record(&mut self, end: CallEnd) -> Outcome {
        let ticket = self.ticket.take();
        if end.is_success() && self.engine.record_healthy(ticket) {
            return Outcome::Success;
        }
        self.engine.record(ticket, end)
    }

    pub(crate) fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("name", &self.engine.name())
            .field("generation", &self.ticket.generation())
            .field("is_trial", &self.ticket.is_trial())
            .finish()
    }
}

/// Dropped by unwinding alone.
struct MarksPanic<'a, E: Deref<Target = Engine>>(&'a mut Guard<E>);

impl<E: Deref<Target = Engine>> Drop for MarksPanic<'_, E> {
    #[cold]
    fn drop(&mut self) {
        let Guard { engine, ticket } = &mut *self.0;
        engine.leave_trial(ticket);
        ticket.mark_panicked();
    }
}

impl<E: Deref<Target = Engine>> Drop for Guard<E> {
    #[inline]
    fn drop(&mut self) {
        if !self.ticket.is_spent() {
            self.engine.record(self.ticket, CallEnd::Dropped);
        }
    }
}

/// Both permits have the same methods.
macro_rules! permit {
    ($(#[$doc:meta])* $name:ident $(<$lifetime:lifetime>)?, $engine:ty) => {
        $(#[$doc])*
        #[must_use = "a permit that is dropped at once is a call that was cancelled at once"]
        pub struct $name $(<$lifetime>)? (pub(crate) Guard<$engine>);

        impl $(<$lifetime>)? $name $(<$lifetime>)? {
            /// The call succeeded.
            #[inline]
            pub fn success(self) {
                self.record(Outcome::Success);
            }

            /// The call failed.
            #[inline]
            pub fn failure(self) {
                self.record(Outcome::Failure);
            }

            /// The call counts neither as a success nor as a failure.
            #[inline]
            pub fn ignore(self) {
                self.record(Outcome::Ignored);
            }

            /// Records how the call ended. Returns how it counted: a slow success may count as a failure.
            ///
            /// A [`Verdict`] may also request a cooldown.
            #[inline]
            pub fn record(mut self, outcome: impl Into<Verdict>) -> Outcome {
                self.0.record(CallEnd::Returned(outcome.into()))
            }

            /// Runs a call under this permit: `Ok` is a success, `Err` or a panic a failure.
            ///
            /// # Cancel safety
            /// Dropping the future counts as [`cancelled`](crate::Totals::cancelled) and frees a trial slot.
            #[allow(clippy::manual_async_fn, reason = "an `async fn` would hold its argument once more")]
            pub fn run<T, F>(
                self,
                call: impl Future<Output = Result<T, F>>,
            ) -> impl Future<Output = Result<T, F>> {
                async move { run(self.0, pin!(call), Return(ByVariant)).await }
            }

            /// Like [`run`](Self::run), but for a call of any type; `classify` decides how its return value counts.
            ///
            /// # Cancel safety
            /// Like [`run`](Self::run).
            #[allow(clippy::manual_async_fn, reason = "an `async fn` would hold its argument once more")]
            pub fn run_classified<R, V: Into<Verdict>>(
                self,
                call: impl Future<Output = R>,
                classify: impl FnOnce(&R) -> V,
            ) -> impl Future<Output = R> {
                async move { run(self.0, pin!(call), Return(ByFunction::new(classify))).await }
            }

            /// Like [`run`](Self::run), but for synchronous code.
            ///
            /// # Panics
            /// A panic of the call is counted and goes on.
            pub fn run_blocking<T, F>(self, call: impl FnOnce() -> Result<T, F>) -> Result<T, F> {
                run_blocking(self.0, call, Return(ByVariant))
            }

            /// The generation it was admitted in.
            pub fn generation(&self) -> u64 {
                self.0.ticket.generation()
            }

            /// Whether it admits a trial call. A call inside of a trial call is not one.
            pub fn is_trial(&self) -> bool {
                self.0.ticket.is_trial()
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
    /// It carries the generation of its admission: a result that comes after the breaker has changed is *stale* and changes nothing.
    /// Dropping it means that the call was cancelled. That is neutral and frees a trial slot, unless the call has run for at least
    /// `slow_call`: then it is slow. A permit borrows its breaker; an [`OwnedPermit`] does not.
    Permit<'a>, &'a Engine
}

permit! {
    /// A [`Permit`] that owns a handle of its breaker, so that it can be moved into a task.
    OwnedPermit, Arc<Engine>
}
