//! Proof that a call was admitted, which its breaker always gets back.

use std::{
    fmt,
    future::{Future, poll_fn},
    mem,
    ops::Deref,
    pin::pin,
    sync::Arc,
    time::Duration,
};

use crate::{
    engine::{End, Engine, Ticket},
    error::TimedOut,
    outcome::{Outcome, Verdict},
};

/// A ticket that is settled once: by a result, by a panic, or by being dropped.
pub(crate) struct Guard<E: Deref<Target = Engine>> {
    engine: E,
    ticket: Ticket,
}

impl<E: Deref<Target = Engine>> Guard<E> {
    #[inline]
    pub(crate) fn new(engine: E, ticket: Ticket) -> Self {
        Self { engine, ticket }
    }

    /// Runs code that is not ours. If it panics, the drop that follows counts a failure: a mark of this call, because
    /// `thread::panicking()` is true as well while some other panic drops an innocent call. Made by unwinding itself, so that a
    /// call which does not panic writes nothing.
    #[inline]
    pub(crate) fn run_user_code<R>(&mut self, user_code: impl FnOnce() -> R) -> R {
        let panicking = MarksPanic(&mut self.ticket);
        let result = user_code();
        mem::forget(panicking);
        result
    }

    /// Counts the end of the call; returns how it was counted.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call where a verdict is judged: 65 instructions become 88"
    )]
    #[inline(always)]
    pub(crate) fn settle(mut self, verdict: Verdict) -> Outcome {
        let ticket = self.ticket.take();
        if verdict.outcome() == Outcome::Success && self.engine.settle_healthy(ticket) {
            return Outcome::Success;
        }
        self.engine.settle(ticket, verdict.into())
    }

    pub(crate) fn settle_timed_out(mut self, after: Duration) -> TimedOut {
        let ticket = self.ticket.take();
        self.engine.settle(ticket, End::TimedOut);
        TimedOut::new(self.engine.name(), after)
    }

    /// Runs a future under the permit and counts its output by `judge`.
    pub(crate) async fn run<R, V>(mut self, future: impl Future<Output = R>, judge: impl FnOnce(&R) -> V) -> R
    where
        V: Into<Verdict>,
    {
        self.engine.start(&mut self.ticket);
        let mut future = pin!(future);
        let result = poll_fn(|context| self.run_user_code(|| future.as_mut().poll(context))).await;
        let verdict: Verdict = self.run_user_code(|| judge(&result).into());
        self.settle(verdict);
        result
    }

    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("name", &self.engine.name())
            .field("generation", &self.ticket.generation())
            .field("is_trial", &self.ticket.is_trial())
            .finish()
    }
}

/// Dropped by unwinding alone.
struct MarksPanic<'a>(&'a mut Ticket);

impl Drop for MarksPanic<'_> {
    #[cold]
    fn drop(&mut self) {
        self.0.mark_panicked();
    }
}

impl<E: Deref<Target = Engine>> Drop for Guard<E> {
    #[inline]
    fn drop(&mut self) {
        if !self.ticket.is_spent() {
            self.engine.settle(self.ticket, End::Dropped);
        }
    }
}

/// Both permits have the same verbs.
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

            /// The call says nothing about the service.
            #[inline]
            pub fn ignore(self) {
                self.record(Outcome::Ignored);
            }

            /// The call ended like this; returns how it was counted, which differs where a slow success counts as a failure.
            /// A [`Verdict`] may also ask for a cooldown of its own.
            #[inline]
            pub fn record(self, outcome: impl Into<Verdict>) -> Outcome {
                self.0.settle(outcome.into())
            }

            /// Runs a call under this permit: `Ok` is a success, `Err` a failure, a panic too.
            ///
            /// # Cancel safety
            /// Dropping the future counts as [`cancelled`](crate::Totals::cancelled) and frees a trial slot.
            pub async fn run<T, F>(self, call: impl Future<Output = Result<T, F>>) -> Result<T, F> {
                self.0.run(call, judge_result).await
            }

            /// As [`run`](Self::run), for a call of any type; `classify` says how what it returns counts.
            ///
            /// # Cancel safety
            /// As [`run`](Self::run).
            pub async fn run_classified<R, V: Into<Verdict>>(
                self,
                call: impl Future<Output = R>,
                classify: impl FnOnce(&R) -> V,
            ) -> R {
                self.0.run(call, classify).await
            }

            /// The generation it was admitted in.
            pub fn generation(&self) -> u64 {
                self.0.ticket.generation()
            }

            /// Whether it admits a trial call.
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
    /// Proof that a call was admitted.
    ///
    /// It carries the generation of its admission: a result that comes after the breaker has changed is *late* and changes nothing.
    /// Dropping it means that the call was cancelled: that is neutral, frees a trial slot, and counts as slow where `slow_call` has
    /// passed already. It borrows its breaker; [`OwnedPermit`] does not.
    Permit<'a>, &'a Engine
}

permit! {
    /// A [`Permit`] that owns a handle of its breaker, to be moved into a task.
    OwnedPermit, Arc<Engine>
}

/// `Ok` is a success, `Err` a failure.
#[inline]
pub(crate) fn judge_result<T, E>(result: &Result<T, E>) -> Outcome {
    if result.is_ok() {
        Outcome::Success
    } else {
        Outcome::Failure
    }
}
