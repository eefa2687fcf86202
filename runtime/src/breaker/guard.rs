//! An admitted call, whose end is always recorded.

use std::{fmt, mem, ops::Deref};

use crate::{
    breaker::policy::Policy,
    engine::{Engine, FailedWith, Ticket},
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
        self.marking_panic(body)
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
    /// If it panics, dropping the guard counts a failure (R12).
    ///
    /// The mark belongs to this call: `thread::panicking()` is also true while another panic drops
    /// an innocent call. Only unwinding sets it, so a call that does not panic writes nothing.
    #[inline]
    pub(crate) fn marking_panic<R>(&mut self, user_code: impl FnOnce() -> R) -> R {
        let panicking = MarksPanic(self);
        let result = user_code();
        mem::forget(panicking);
        result
    }

    /// Classifies and counts what the body returned, and makes the answer.
    #[inline]
    pub(crate) fn finish<R, P: Policy<R>>(&mut self, output: R, policy: &mut P) -> P::Answer {
        let end = self.marking_panic(|| policy.end(&output));
        if end.is_success() && self.count_success() {
            return policy.answer(output, Outcome::Success, self.engine.name());
        }
        self.finish_slow(output, end, policy)
    }

    /// Marks the end as recorded, where all paths to it have joined.
    ///
    /// It was marked on each of them. But only here the compiler sees that a drop that comes next
    /// has nothing to do.
    #[inline]
    pub(crate) fn spend(&mut self) {
        self.ticket.take();
    }

    /// Counts every other end.
    ///
    /// Not inlined: the output has an address here, which would keep a success of the caller out of
    /// registers.
    #[inline(never)]
    fn finish_slow<R, P: Policy<R>>(&mut self, output: R, end: CallEnd, policy: &mut P) -> P::Answer {
        let ticket = self.ticket.take();
        let outcome = if end.is_success() {
            self.engine.record(ticket, end, None)
        } else {
            let error = ErrorOf {
                output: &output,
                policy: &*policy,
            };
            self.engine.record(ticket, end, Some(&FailedWith(&error)))
        };
        policy.answer(output, outcome, self.engine.name())
    }

    /// Counts the end of the call, with the error of a failure.
    ///
    /// Returns how it was counted.
    #[inline]
    pub(crate) fn record(&mut self, end: CallEnd, error: Option<&FailedWith<'_>>) -> Outcome {
        if end.is_success() && self.count_success() {
            return Outcome::Success;
        }
        self.engine.record(self.ticket.take(), end, error)
    }

    /// Counts a success on a fast path. Returns false if there is none.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call where a value is classified: 65 instructions become 88"
    )]
    #[inline(always)]
    fn count_success(&mut self) -> bool {
        let is_recorded = self.engine.count_healthy(self.ticket) || self.engine.count_success(self.ticket);
        if is_recorded {
            // Spent after the count, not before it, so that the compiler sees that the drop has
            // nothing to do.
            self.ticket.take();
        }
        is_recorded
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

/// Marks a panic when it is dropped, which only unwinding does.
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
            self.engine.record(self.ticket, CallEnd::Dropped, None);
        }
    }
}
