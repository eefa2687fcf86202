//! Who gets in.

use crate::engine::{Engine, Ticket};
use crate::{
    clock::Timestamp,
    error::Rejected,
    state::{
        BaseState, PackedState, Reason, State, StateSnapshot,
        rules::{self, Admission},
    },
    stats::Count,
};

impl Engine {
    /// Admits a call, or counts a rejection.
    #[inline]
    pub(crate) fn admit(&self) -> Result<Ticket, Rejected> {
        // The healthy call of an untimed breaker: two loads of one cache line.
        let word = self.machine.load();
        if word.is_plainly_closed() && !self.live.times_calls() {
            return Ok(Ticket::plain(word));
        }
        self.acquire_slow()
    }

    /// Every other call.
    #[inline(never)]
    fn acquire_slow(&self) -> Result<Ticket, Rejected> {
        let admitted = self.try_admit();
        if admitted.is_err() {
            self.statistics.add(Count::Rejected);
        }
        admitted
    }

    /// Admits a call. A rejection is not counted: it may be one of the retries of a waiter.
    #[inline]
    pub(super) fn try_admit(&self) -> Result<Ticket, Rejected> {
        let word = self.machine.load();
        if word.admits_all() {
            return Ok(self.ticket(word));
        }
        if word.state() == State::ForcedOpen {
            return Err(Rejected::new(self.name, State::ForcedOpen, None));
        }
        let now = self.clock.now();
        let sight = self.machine.snapshot();
        if sight.word.is_plainly_open() && !sight.deadline_passed(now) {
            // What an outage is made of, without going through all the rules.
            return Err(self.rejected(sight, now));
        }
        match rules::admission(sight, now, self.live.trial_calls()) {
            Admission::Rejected => Err(self.rejected(sight, now)),
            Admission::Free => Ok(self.ticket(sight.word)),
            Admission::FirstTrial | Admission::Trial | Admission::ExtraTrial => self.admit_trial(now),
        }
    }

    /// Decides under the control lock, where no trial call and no change of state comes between.
    #[cold]
    fn admit_trial(&self, now: Timestamp) -> Result<Ticket, Rejected> {
        let mut control = self.changing();
        let sight = self.machine.snapshot();
        let word = sight.word;
        let lease = now.after(control.cooldown);
        let timed = self.live.times_calls().then_some(now);
        match rules::admission(sight, now, control.settings.trial_calls()) {
            Admission::Rejected => Err(self.rejected(sight, now)),
            Admission::Free => Ok(Ticket::new(word, timed)),
            Admission::FirstTrial => {
                let next = word.next(BaseState::HalfOpen).with_trials(1, 0, 0);
                self.enter(&mut control, word, next, Reason::CooldownElapsed, now);
                self.machine.set_deadline(lease);
                self.announce(control);
                Ok(Ticket::new(next, timed).as_trial())
            }
            Admission::Trial => {
                let next = word.with_trials(word.in_flight() + 1, word.completed(), word.slow());
                self.replace_under_lock(word, next);
                self.machine.set_deadline(lease);
                Ok(Ticket::new(word, timed).as_trial())
            }
            Admission::ExtraTrial => {
                self.machine.set_deadline(lease);
                Ok(Ticket::new(word, timed).as_extra_trial())
            }
        }
    }

    /// The rejection that a call would get now, if it would be rejected. Changes nothing.
    pub(crate) fn rejection(&self) -> Option<Rejected> {
        let now = self.clock.now();
        let sight = self.machine.snapshot();
        let admission = rules::admission(sight, now, self.live.trial_calls());
        (admission == Admission::Rejected).then(|| self.rejected(sight, now))
    }

    fn ticket(&self, word: PackedState) -> Ticket {
        Ticket::new(word, self.live.times_calls().then(|| self.clock.now()))
    }

    fn rejected(&self, sight: StateSnapshot, now: Timestamp) -> Rejected {
        let state = sight.word.state();
        let retry_after = (state != State::ForcedOpen).then(|| sight.deadline.since(now));
        Rejected::new(self.name, state, retry_after)
    }
}
