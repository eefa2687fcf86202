//! An admitted call, whose end is always recorded.

use std::{fmt, mem, ops::Deref};

use crate::{
    breaker::policy::Policy,
    engine::{Engine, FailedWith, Ticket},
    error::Rejected,
    outcome::{CallEnd, Outcome},
};

/// A ticket whose end is recorded once: by a result, by a panic, or by being
/// dropped.
pub(crate) struct Guard<E: Deref<Target = Engine>> {
    engine: E,
    ticket: Ticket,
}

impl<E: Deref<Target = Engine>> Guard<E> {
    #[inline]
    pub(crate) fn new(engine: E, ticket: Ticket) -> Self {
        Self { engine, ticket }
    }

    /// Makes the guard of a call that [`admit`](Self::admit) admits.
    #[inline]
    pub(crate) const fn not_admitted(engine: E) -> Self {
        Self {
            engine,
            ticket: Ticket::not_admitted(),
        }
    }

    /// Admits the call, unless it is admitted already.
    #[inline]
    pub(crate) fn admit(&mut self) -> Result<(), Rejected> {
        if self.ticket.is_not_admitted() {
            match self.engine.acquire() {
                Ok(ticket) => self.ticket = ticket,
                Err(rejected) => {
                    // A rejected call has ended: a later poll does not admit it.
                    self.spend();
                    return Err(rejected);
                }
            }
        }
        Ok(())
    }

    /// Polls or runs the body of the call.
    ///
    /// [`finish`](Self::finish) or [`suspend`](Self::suspend) comes next.
    ///
    /// # Panics
    /// If the end of the call was recorded before.
    #[inline]
    pub(crate) fn run_body<R>(&mut self, body: impl FnOnce() -> R) -> R {
        // One comparison excludes a trial call, a timed call, a permit of `ready` and a recorded
        // one.
        if !self.ticket.is_plain() {
            self.begin_marked();
        }
        self.recording_panic(body)
    }

    /// Starts the time of a permit that was handed out ahead of its call, and
    /// the poll of a trial call (R20).
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

    /// Ends the time of a call that goes on: a stream after its first item.
    #[cfg(feature = "stream")]
    pub(crate) fn end_timing(&mut self) {
        self.engine.end_timing(&mut self.ticket);
    }

    /// Ends a poll after which the body is still pending.
    #[inline]
    pub(crate) fn suspend(&mut self) {
        if !self.ticket.is_plain() {
            self.engine.leave_trial(&mut self.ticket);
        }
    }

    /// Runs the body or the classifier.
    ///
    /// If it panics, the unwinding counts a failure (R12), also if the caller keeps the future.
    ///
    /// Not by `thread::panicking()`, which is also true while another panic drops an innocent call.
    #[inline]
    pub(crate) fn recording_panic<R>(&mut self, user_code: impl FnOnce() -> R) -> R {
        let panicking = RecordsPanic(self);
        let result = user_code();
        mem::forget(panicking);
        result
    }

    #[cold]
    #[inline(never)]
    fn record_panic(&mut self) {
        self.engine.record(self.ticket.take(), CallEnd::Panicked, None);
    }

    /// Classifies and counts what the body returned, and makes the answer.
    ///
    /// `wrap` is called on each path, and not where they join. So the answer is made where the
    /// caller returns it, without a copy.
    #[inline]
    pub(crate) fn finish<R, P: Policy<R>, A>(
        &mut self,
        output: R,
        policy: &mut P,
        wrap: impl Fn(P::Answer) -> A,
    ) -> A {
        let end = self.recording_panic(|| policy.end(&output));
        if end.is_success() {
            let outcome = self.record_success();
            self.spend();
            return wrap(policy.answer(output, outcome, self.engine.name()));
        }
        let answer = self.finish_other(output, end, policy);
        self.spend();
        wrap(answer)
    }

    /// Marks the end as recorded, where all paths to it have joined.
    ///
    /// Each path has marked it already. Only here does the compiler see that the next drop has
    /// nothing to do.
    #[inline]
    pub(crate) fn spend(&mut self) {
        self.ticket.take();
    }

    /// Counts the end of a call that is not a success.
    ///
    /// Not inlined: the output has an address here, which would keep a success of the caller out of
    /// registers.
    #[cold]
    #[inline(never)]
    fn finish_other<R, P: Policy<R>>(&mut self, output: R, end: CallEnd, policy: &mut P) -> P::Answer {
        let error = ErrorOf {
            output: &output,
            policy: &*policy,
        };
        let outcome = self
            .engine
            .record(self.ticket.take(), end, Some(&FailedWith(&error)));
        policy.answer(output, outcome, self.engine.name())
    }

    /// Counts the end of the call, with the error of a failure.
    ///
    /// Returns how it was counted.
    #[inline]
    pub(crate) fn record(&mut self, end: CallEnd, error: Option<&FailedWith<'_>>) -> Outcome {
        if end.is_success() {
            return self.record_success();
        }
        self.engine.record(self.ticket.take(), end, error)
    }

    /// Counts a success; returns how it was counted: a slow one may be a failure.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call where a value is classified: 65 instructions become 88"
    )]
    #[inline(always)]
    fn record_success(&mut self) -> Outcome {
        if self.engine.count_healthy(self.ticket) {
            // Spent after the count, not before it, so that the compiler sees that the drop has
            // nothing to do.
            self.spend();
            return Outcome::Success;
        }
        self.engine.record_success(self.ticket.take())
    }

    /// Returns the generation of the admission.
    pub(super) fn generation(&self) -> u64 {
        self.ticket.generation()
    }

    /// Returns whether it is a trial call.
    pub(super) fn is_trial(&self) -> bool {
        self.ticket.is_trial()
    }

    pub(crate) fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("name", self.engine.name())
            .field("generation", &self.ticket.generation())
            .field("is_trial", &self.ticket.is_trial())
            .finish()
    }
}

/// The text of the error in an output.
struct ErrorOf<'a, R, P> {
    output: &'a R,
    policy: &'a P,
}

impl<R, P: Policy<R>> fmt::Display for ErrorOf<'_, R, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policy.write_error(self.output, f)
    }
}

/// Records a panic when it is dropped, which only unwinding does.
struct RecordsPanic<'a, E: Deref<Target = Engine>>(&'a mut Guard<E>);

impl<E: Deref<Target = Engine>> Drop for RecordsPanic<'_, E> {
    // Inlined, so that a call that does not panic does not write the reference to memory.
    #[inline]
    fn drop(&mut self) {
        self.0.record_panic();
    }
}

impl<E: Deref<Target = Engine>> Drop for Guard<E> {
    #[inline]
    fn drop(&mut self) {
        if !self.ticket.is_spent() {
            self.engine.record(self.ticket, CallEnd::Dropped, None);
        }
    }
}
