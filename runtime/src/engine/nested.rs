//! R20: which trial calls are being polled on this thread.

use std::{cell::RefCell, ptr};

use crate::engine::{Engine, Ticket};
use crate::{poll_scope, sync::const_thread_local};

/// A trial call: the address of its engine, which lives as long as the call,
/// and its generation.
type TrialCall = (usize, u64);

const_thread_local! {
    static POLLED_TRIALS: RefCell<Vec<TrialCall>> = RefCell::new(Vec::new());
}

impl Engine {
    /// Begins to poll or run the body of a trial call.
    ///
    /// A call of the same breaker that starts before [`leave_trial`](Self::leave_trial) is a part
    /// of it.
    pub(crate) fn enter_trial(&self, ticket: &mut Ticket) {
        poll_scope::push(&POLLED_TRIALS, self.trial_call(ticket.generation()));
        ticket.set_polled(true);
    }

    /// Ends the poll, if the body of this trial call is being polled.
    pub(crate) fn leave_trial(&self, ticket: &mut Ticket) {
        if ticket.is_polled() {
            poll_scope::pop(&POLLED_TRIALS, &self.trial_call(ticket.generation()));
            ticket.set_polled(false);
        }
    }

    /// Returns whether a trial call of this breaker and of this generation encloses
    /// the running code.
    ///
    /// A trial call of an older generation is stale: it holds no slot that a call inside would have
    /// to wait for.
    pub(super) fn is_within_trial(&self, generation: u64) -> bool {
        poll_scope::depth_of(&POLLED_TRIALS, &self.trial_call(generation)) > 0
    }

    fn trial_call(&self, generation: u64) -> TrialCall {
        (ptr::from_ref(self).addr(), generation)
    }
}
