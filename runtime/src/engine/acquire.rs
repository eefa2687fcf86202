//! Admission: a call gets a ticket, or a rejection.

use crate::engine::{Engine, Ticket};
use crate::{
    clock::Timestamp,
    config::name::NameRef,
    error::Rejected,
    state::{
        BaseState, PackedState, Reason, State, StateSnapshot,
        rules::{self, Admission},
    },
    stats::Count,
};

/// The reason why a call is not admitted now, and the time of the next try.
pub(super) struct Denied {
    state: State,
    /// When a waiter tries again without being notified.
    retry_at: Timestamp,
    /// How long that is, in nanoseconds.
    wait: u64,
}

impl Engine {
    /// Admits a call, or counts a rejection.
    #[inline]
    pub(crate) fn acquire(&self) -> Result<Ticket, Rejected> {
        // The healthy call of an untimed breaker: two loads of one cache line.
        let state = self.state.load();
        if !state.is_closed() {
            return self.acquire_slow(state);
        }
        if self.settings.observes_admissions() {
            return Ok(self.acquire_observed(state));
        }
        Ok(Ticket::plain(state))
    }

    /// Admits the healthy call of a timed or keyed breaker.
    #[cold]
    #[inline(never)]
    fn acquire_observed(&self, state: PackedState) -> Ticket {
        self.admitted(self.ticket(state))
    }

    /// Admits or rejects every other call.
    ///
    /// The most common case in an outage is decided here: a rejection by Open, which needs no other
    /// rule. Every other case is a function of its own, so that this one saves few registers. It is
    /// cold, so that a healthy call does not jump over the call of it.
    #[cold]
    #[inline(never)]
    fn acquire_slow(&self, state: PackedState) -> Result<Ticket, Rejected> {
        if !state.is_open() {
            return self.acquire_by_rules(state);
        }
        let now = self.clock.now();
        match self.state.deadline_of(state) {
            Some(deadline) if now < deadline => {
                self.totals.add(Count::Rejected);
                let wait = deadline.nanos() - now.nanos();
                Err(Rejected::new(self.name.reference(), State::Open, Some(wait)))
            }
            Some(_) => self.acquire_after_cooldown(now),
            None => self.acquire_again(now),
        }
    }

    /// Admits or rejects a call by all the rules.
    #[inline(never)]
    fn acquire_by_rules(&self, state: PackedState) -> Result<Ticket, Rejected> {
        self.admitted_or_rejected(self.try_acquire(state))
    }

    /// Admits or rejects a call after the cooldown, which the control lock decides
    /// in any case.
    #[inline(never)]
    fn acquire_after_cooldown(&self, now: Timestamp) -> Result<Ticket, Rejected> {
        self.admitted_or_rejected(self.acquire_trial(now))
    }

    /// Admits or rejects a call if the state has changed since it was loaded.
    #[cold]
    #[inline(never)]
    fn acquire_again(&self, now: Timestamp) -> Result<Ticket, Rejected> {
        self.admitted_or_rejected(self.acquire_at(now))
    }

    /// Counts an admission or a rejection.
    #[inline]
    fn admitted_or_rejected(&self, result: Result<Ticket, Denied>) -> Result<Ticket, Rejected> {
        match result {
            Ok(ticket) => Ok(self.admitted(ticket)),
            Err(denied) => {
                self.totals.add(Count::Rejected);
                Err(denied.rejected(self.name.reference()))
            }
        }
    }

    /// Counts an admission of a keyed breaker, which is not evicted before the
    /// call ends.
    #[inline]
    pub(super) fn admitted(&self, ticket: Ticket) -> Ticket {
        if self.retired.is_some() {
            self.totals.add(Count::Admitted);
        }
        ticket
    }

    /// Admits a call. A denial is not counted here, because a waiter tries again.
    #[inline]
    pub(super) fn try_acquire(&self, state: PackedState) -> Result<Ticket, Denied> {
        let state = self.without_elapsed_override(state);
        if state.admits_all() {
            return Ok(self.ticket(state));
        }
        if state.state() == State::ForcedOpen {
            return Err(Denied::FORCED_OPEN);
        }
        if state.state() == State::Disabled {
            return Ok(Ticket::unrecorded(state));
        }
        self.acquire_at(self.clock.now())
    }

    /// Admits a call in the state at `now`.
    fn acquire_at(&self, now: Timestamp) -> Result<Ticket, Denied> {
        let snapshot = self.state.snapshot();
        match self.admission(snapshot, now, self.settings.trial_calls()) {
            Admission::Rejected => Err(Denied::new(snapshot.state.state(), snapshot, now)),
            Admission::Unrecorded => Ok(Ticket::unrecorded(snapshot.state)),
            Admission::Free => Ok(self.ticket(snapshot.state)),
            Admission::Nested => Ok(self.ticket(snapshot.state).as_nested()),
            Admission::FirstTrial | Admission::Trial | Admission::ExtraTrial => self.acquire_trial(now),
        }
    }

    fn admission(&self, snapshot: StateSnapshot, now: Timestamp, trial_calls: u32) -> Admission {
        rules::admission(snapshot, now, trial_calls, || {
            self.is_within_trial(snapshot.state.generation())
        })
    }

    /// Decides again under the control lock, so that no other trial call and no
    /// change of state comes in between.
    #[cold]
    fn acquire_trial(&self, now: Timestamp) -> Result<Ticket, Denied> {
        let mut control = self.lock_control();
        let snapshot = self.state.snapshot();
        let state = snapshot.state;
        let started = self.settings.times_calls().then_some(now);
        let ticket = match self.admission(snapshot, now, control.settings.trial_calls()) {
            Admission::Rejected => return Err(Denied::new(snapshot.state.state(), snapshot, now)),
            Admission::Unrecorded => return Ok(Ticket::unrecorded(state)),
            Admission::Free => return Ok(Ticket::new(state, started)),
            Admission::Nested => return Ok(Ticket::new(state, started).as_nested()),
            Admission::FirstTrial => {
                let next = state.next(BaseState::HalfOpen).with_trials(1, 0, 0);
                let (from, _) = self.change_state(state, |_| next);
                self.publish(&mut control, from, next, Reason::CooldownElapsed, now);
                Ticket::new(next, started).as_trial()
            }
            Admission::Trial => {
                let next = state.with_trials(state.in_flight() + 1, state.completed(), state.slow());
                self.change_state(state, |_| next);
                Ticket::new(state, started).as_trial()
            }
            Admission::ExtraTrial => {
                Ticket::new(state, started).as_extra_trial(control.trial_admission.wrapping_add(1))
            }
        };
        // R9: the time to the next extra trial call begins at the last admission.
        control.trial_admission = control.trial_admission.wrapping_add(1);
        let extra_trial_at = now.after(control.cooldown);
        self.state.set_deadline(extra_trial_at);
        Ok(ticket)
    }

    #[inline]
    fn ticket(&self, state: PackedState) -> Ticket {
        Ticket::new(state, self.settings.times_calls().then(|| self.clock.now()))
    }

    /// Returns the rejection that a call would get now, if it would be rejected.
    ///
    /// Changes nothing.
    pub(crate) fn rejection(&self) -> Option<Rejected> {
        let now = self.clock.now();
        let snapshot = self.effective(self.state.snapshot(), now);
        let admission = self.admission(snapshot, now, self.settings.trial_calls());
        (admission == Admission::Rejected)
            .then(|| Denied::new(snapshot.state.state(), snapshot, now).rejected(self.name.reference()))
    }
}

impl Denied {
    /// Only an operator ends it.
    const FORCED_OPEN: Self = Self {
        state: State::ForcedOpen,
        retry_at: Timestamp::from_nanos(u64::MAX),
        wait: 0,
    };

    #[inline]
    const fn new(state: State, snapshot: StateSnapshot, now: Timestamp) -> Self {
        Self {
            state,
            retry_at: snapshot.deadline,
            wait: snapshot.deadline.nanos().saturating_sub(now.nanos()),
        }
    }

    #[inline]
    fn rejected(&self, name: NameRef) -> Rejected {
        Rejected::new(name, self.state, rules::retry_after(self.state, self.wait))
    }

    /// Returns when a waiter tries again without being notified: at the end of the
    /// cooldown, or for an extra trial call.
    pub(super) fn retry_at(&self) -> Option<Timestamp> {
        (self.state != State::ForcedOpen).then_some(self.retry_at)
    }
}
