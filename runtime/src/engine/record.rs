//! The end of a call: it is counted, and may change the state.

use crate::engine::{
    Engine, Ticket,
    control_guard::ControlGuard,
    ending::{Ending, FailedWith},
    transition::Opening,
};
use crate::{
    clock::Timestamp,
    event::{Change, ChangeKind},
    outcome::{CallEnd, Counted, Outcome},
    state::{
        PackedState, Reason,
        rules::{self, AfterFailure, AfterTrial, Limits},
    },
    stats::Count,
    window::{Sample, Successful},
};

impl Engine {
    /// Counts the success of a healthy call of an untimed breaker, with one load,
    /// one comparison and one count.
    ///
    /// Returns false if the call needs more than that.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call where a verdict is classified: 65 instructions become 88"
    )]
    #[inline(always)]
    pub(crate) fn count_healthy(&self, ticket: Ticket) -> bool {
        ticket.is_undisturbed(self.state.load())
            && self.window.is_unmoved_by_success(ticket.generation())
            && self.totals.add_owned(Count::Success)
    }

    /// Counts the end of a call, and returns what it counted as: a slow success may
    /// be a failure.
    ///
    /// If the state changes, the text of `error` is kept.
    #[inline(never)]
    pub(crate) fn record(&self, mut ticket: Ticket, end: CallEnd, error: Option<&FailedWith<'_>>) -> Outcome {
        let state = self.state.load();
        // The clock is read once at most, and only if it is needed.
        let read = ticket.started().map(|started| (started, self.clock.now()));
        let now = || read.map_or_else(|| self.clock.now(), |(_, now)| now);
        let is_slow = read.is_some_and(|(started, now)| self.settings.is_slow(started, now));
        let counted = rules::counted(end, is_slow, self.settings.slow_calls(), ticket.is_trial());
        if let (Some((started, now)), Counted::Call { failed, .. }) = (read, counted)
            && self.latency.is_on()
            && !ticket.is_unrecorded()
        {
            self.latency.record(failed, now.since(started));
        }
        if ticket.is_trial_or_unrecorded() {
            if ticket.is_unrecorded() {
                return counted.outcome();
            }
            self.leave_trial(&mut ticket);
            let ending = Ending { end, is_slow, error };
            self.judge_trial(ticket, ending, counted, now());
            return counted.outcome();
        }
        let is_stale = rules::is_stale(state, ticket.generation(), counted);
        self.totals.add_call(end, counted, is_stale);
        if let Counted::Call { failed, slow } = counted
            && !is_stale
            && !ticket.is_nested()
        {
            let ending = Ending { end, is_slow, error };
            self.judge(state, Sample { failed, slow }, ending, now);
        }
        counted.outcome()
    }

    /// Counts any other success, and returns what it counted as.
    ///
    /// Two windows have a fast path for an undisturbed call: one of time, and one of calls that
    /// holds failures. The end of every other success is [recorded](Self::record) like a failure's.
    #[inline(never)]
    pub(crate) fn record_success(&self, ticket: Ticket) -> Outcome {
        if !ticket.is_undisturbed(self.state.load()) {
            return self.record(ticket, CallEnd::SUCCESS, None);
        }
        let generation = ticket.generation();
        let now = || self.clock.now();
        match self
            .window
            .count_success(generation, &now, || self.settings.limits().minimum_calls)
        {
            Successful::NotCounted => return self.record(ticket, CallEnd::SUCCESS, None),
            Successful::Counted => self.totals.add(Count::Success),
            Successful::CountedAmongFailures(tally) => {
                self.totals.add(Count::Success);
                if let Some(reason) = rules::trip_reason(self.settings.limits(), tally) {
                    self.trip_by_window(generation, reason, now(), Ending::of_success());
                }
            }
        }
        Outcome::Success
    }

    /// Counts a call of Closed (or forced closed) in its window, and trips if
    /// the threshold is reached.
    fn judge(&self, state: PackedState, sample: Sample, ending: Ending<'_>, now: impl Fn() -> Timestamp) {
        let limits = self.settings.limits();
        let generation = state.generation();
        match self.window.window() {
            None if !sample.failed => {
                self.state
                    .update(state, |state| (rules::after_success(state, generation), ()));
            }
            None => {
                let (_, after) = self.state.update(state, |state| {
                    let after = rules::after_failure(state, generation, limits);
                    match after {
                        AfterFailure::Counted(next) => (Some(next), after),
                        AfterFailure::Stale | AfterFailure::Trip(_) => (None, after),
                    }
                });
                if let AfterFailure::Trip(_) = after {
                    self.trip_by_failure(generation, now(), ending);
                }
            }
            Some(window) => {
                if let Some(reason) = window.judge(generation, sample, &now, limits) {
                    self.trip_by_window(generation, reason, now(), ending);
                }
            }
        }
    }

    /// Adds the consecutive failure that reaches the threshold: trips, unless a
    /// success came first.
    #[cold]
    fn trip_by_failure(&self, generation: u64, now: Timestamp, ending: Ending<'_>) {
        let mut buffer = None;
        let error = self.error_text(generation, ending, &mut buffer);
        let mut control = self.lock_control();
        control.error = error;
        let limits = Limits::of(&control.settings);
        let (from, after) = self.state.update(self.state.load(), |state| {
            let after = rules::after_failure(state, generation, limits);
            let next = match after {
                AfterFailure::Stale => None,
                AfterFailure::Counted(next) => Some(next),
                AfterFailure::Trip(_) => rules::after_trip(state),
            };
            (next, after)
        });
        if let AfterFailure::Trip(reason) = after {
            let opening = Opening::new(reason, now, ending.requested_cooldown());
            self.tripped(&mut control, from, opening);
        }
    }

    /// Trips because a window reached its threshold, if its generation still
    /// runs.
    #[cold]
    fn trip_by_window(&self, generation: u64, reason: Reason, now: Timestamp, ending: Ending<'_>) {
        let mut buffer = None;
        let error = self.error_text(generation, ending, &mut buffer);
        let mut control = self.lock_control();
        control.error = error;
        let (from, is_current) = self.state.update(self.state.load(), |state| {
            let is_current = state.generation() == generation;
            let next = if is_current {
                rules::after_trip(state)
            } else {
                None
            };
            (next, is_current)
        });
        if is_current {
            let opening = Opening::new(reason, now, ending.requested_cooldown());
            self.tripped(&mut control, from, opening);
        }
    }

    /// Finishes a trip from `from`, or reports that only the override prevents
    /// it.
    #[allow(clippy::inline_always, reason = "see `start_cooldown`")]
    #[inline(always)]
    fn tripped(&self, control: &mut ControlGuard<'_>, from: PackedState, opening: Opening) {
        if !from.is_shadow() {
            return self.start_cooldown(control, from, opening);
        }
        if let Some(window) = self.window.window() {
            window.clear();
        }
        let Opening { reason, now, .. } = opening;
        if rules::would_trip_is_due(control.would_have_tripped, now, control.settings.cooldown()) {
            control.would_have_tripped = Some(now);
            control.publish(Change {
                reason: Some(reason),
                ..Change::new(from, ChangeKind::WouldTrip, now)
            });
        }
    }

    /// Counts the end of a trial call, under the control lock.
    #[cold]
    fn judge_trial(&self, ticket: Ticket, ending: Ending<'_>, counted: Counted, now: Timestamp) {
        let end = ending.end;
        let mut buffer = None;
        let error = match counted {
            Counted::Call {
                failed: false,
                slow: false,
            }
            | Counted::Ignored
            | Counted::Cancelled => None,
            Counted::Call { .. } => self.error_text(ticket.generation(), ending, &mut buffer),
        };
        let mut control = self.lock_control();
        control.error = error;
        let state = self.state.load();
        if state.generation() == ticket.generation() {
            self.end_trial(&mut control, state, (ticket, end, counted), now);
        }
        self.totals
            .add_call(end, counted, rules::is_stale(state, ticket.generation(), counted));
    }

    /// Applies the result of a trial call of this HalfOpen.
    #[allow(clippy::inline_always, reason = "see `start_cooldown`")]
    #[inline(always)]
    fn end_trial(
        &self,
        control: &mut ControlGuard<'_>,
        state: PackedState,
        (ticket, end, counted): (Ticket, CallEnd, Counted),
        now: Timestamp,
    ) {
        // R21: a permit of `ready` that its owner drops unused is not an abandoned call.
        let result = match counted {
            Counted::Cancelled if ticket.has_not_started() => Counted::Ignored,
            counted => counted,
        };
        control.abandoned_trials = rules::abandoned_trials(control.abandoned_trials, result);
        let (is_extra, abandoned) = (ticket.is_extra(), control.abandoned_trials);
        match rules::after_trial(state, result, is_extra, abandoned, &control.settings) {
            AfterTrial::Stay(next) => {
                self.change_state(state, |_| next);
                let is_last = ticket.is_extra_trial_of(control.trial_admission);
                if rules::frees_extra_trial(counted, is_last) && !self.state.snapshot().deadline_passed(now) {
                    self.state.set_deadline(now);
                }
            }
            AfterTrial::Close => self.close(control, state, Reason::TrialsSucceeded, now),
            AfterTrial::Reopen(reason) => {
                control.reopenings = control.reopenings.saturating_add(1);
                let opening = Opening::new(reason, now, end.requested_cooldown());
                self.open(control, state, opening);
            }
        }
    }
}
