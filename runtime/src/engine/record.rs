//! What the end of a call does.

use std::time::Duration;

use crate::engine::{
    Engine, Ticket,
    call_end::{Counted, End},
    control::ControlGuard,
    transition::Opening,
};
use crate::{
    clock::Timestamp,
    config::ThresholdKind,
    event::EventKind,
    outcome::Outcome,
    state::{
        Added, PackedState, Reason,
        rules::{self, AfterTrial, Tally},
    },
    stats::Count,
    window::{Sample, Successful},
};

impl Engine {
    /// Counts the success of a healthy call of an untimed breaker: one load, one comparison, one count. False where it takes more.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call where a verdict is judged: 65 instructions become 88"
    )]
    #[inline(always)]
    pub(crate) fn settle_healthy(&self, ticket: Ticket) -> bool {
        ticket.is_undisturbed(self.machine.load())
            && self.window.is_unmoved_by_success(ticket.generation())
            && self.statistics.add_to_own_lane(Count::Success)
    }

    /// Counts the end of a call, and returns how it was counted: a slow success may be a failure.
    #[inline(never)]
    pub(crate) fn settle(&self, ticket: Ticket, end: End) -> Outcome {
        // The success among failures in a window of calls, and in a window of time.
        if end.is_success() && ticket.is_undisturbed(self.machine.load()) && self.succeed(ticket.generation())
        {
            return Outcome::Success;
        }
        if end == End::Dropped && ticket.has_panicked() {
            return self.settle(ticket, End::Panicked);
        }
        // Read once at the most, and only where something needs to know.
        let read = ticket.started().map(|started| (started, self.clock.now()));
        let now = || read.map_or_else(|| self.clock.now(), |(_, now)| now);
        let slow = read.is_some_and(|(started, now)| self.live.is_slow(started, now));
        let counted = self.judge(end, slow);
        let word = self.machine.load();
        if word.generation() != ticket.generation() {
            return self.settle_late(counted);
        }
        if ticket.is_trial() {
            return self.settle_trial(ticket, end, counted, now());
        }
        match counted {
            Counted::Ignored => self.statistics.add(Count::Ignored),
            Counted::Cancelled => self.statistics.add(Count::Cancelled),
            Counted::Call(sample) => {
                self.count_call(end, sample);
                self.record(word, sample, end.asked(), now);
            }
        }
        counted.outcome()
    }

    /// Counts a success that no failure in a row came before, where its window has a short way to; false where it has not.
    #[inline]
    fn succeed(&self, generation: u64) -> bool {
        let now = || self.clock.now();
        match self
            .window
            .count_success(generation, &now, || self.live.limits().minimum_calls)
        {
            Successful::NotCounted => return false,
            Successful::Counted => self.statistics.add(Count::Success),
            Successful::CountedAmongFailures(tally) => {
                self.statistics.add(Count::Success);
                if let Some(reason) = rules::verdict(self.live.limits(), tally) {
                    let (now, asked) = (now(), None);
                    self.trip_on(generation, Opening { reason, now, asked });
                }
            }
        }
        true
    }

    /// R3, R11, R12 and what `slow_call` adds to them.
    fn judge(&self, end: End, slow: bool) -> Counted {
        let slow_is_failure = slow && !self.live.judges_slow_calls_apart();
        match end {
            End::Returned(Outcome::Ignored) => Counted::Ignored,
            End::Dropped if !slow => Counted::Cancelled,
            End::Returned(Outcome::Success) | End::Dropped => Counted::Call(Sample {
                failed: slow_is_failure,
                slow,
            }),
            End::Returned(Outcome::Failure) | End::FailedFor(_) | End::Panicked => {
                Counted::Call(Sample { failed: true, slow })
            }
            // A timeout is slow too, if anything is.
            End::TimedOut => Counted::Call(Sample {
                failed: true,
                slow: slow || self.live.times_calls(),
            }),
        }
    }

    /// R10: a late result is counted as that and changes nothing; a cancelled call has no result.
    fn settle_late(&self, counted: Counted) -> Outcome {
        self.statistics.add(if counted == Counted::Cancelled {
            Count::Cancelled
        } else {
            Count::Late
        });
        counted.outcome()
    }

    fn count_call(&self, end: End, sample: Sample) {
        self.statistics.add(if sample.failed {
            Count::Failure
        } else {
            Count::Success
        });
        if sample.slow {
            self.statistics.add(Count::Slow);
        }
        match end {
            End::TimedOut => self.statistics.add(Count::TimedOut),
            End::Panicked => self.statistics.add(Count::Panicked),
            End::Returned(_) | End::FailedFor(_) | End::Dropped => {}
        }
    }

    /// Counts a call of Closed (or forced closed) in its window, and trips if that is reached.
    fn record(
        &self,
        word: PackedState,
        sample: Sample,
        asked: Option<Duration>,
        now: impl Fn() -> Timestamp,
    ) {
        let limits = self.live.limits();
        let generation = word.generation();
        match (self.window.window(), limits.threshold) {
            (None, _) if !sample.failed => self.machine.forget_failures(word),
            (None, ThresholdKind::Failures(limit)) => {
                if self.machine.add_failure(generation, limit) == Added::AtLimit {
                    self.trip_in_a_row(generation, asked, now());
                }
            }
            // The settings change: this generation is about to end.
            (None, ThresholdKind::Rate(_)) => {}
            (Some(window), _) => {
                if let Some(reason) = window.record(generation, sample, &now, limits) {
                    let now = now();
                    self.trip_on(generation, Opening { reason, now, asked });
                }
            }
        }
    }

    /// Adds the failure that was at the limit when it was looked at: trips, unless a success came first.
    #[cold]
    fn trip_in_a_row(&self, generation: u64, asked: Option<Duration>, now: Timestamp) {
        let mut control = self.changing();
        loop {
            let word = self.machine.load();
            if word.generation() != generation {
                return;
            }
            let failures = word.failures() + 1;
            let tally = Tally {
                failures: failures.into(),
                ..Tally::default()
            };
            let done = match rules::verdict(rules::Limits::of(&control.settings), tally) {
                None => self.machine.replace(word, word.with_failures(failures)),
                Some(reason) if word.is_shadow() => {
                    let emptied = self.machine.replace(word, word.with_failures(0));
                    if emptied {
                        self.would_trip(&mut control, word, reason, now);
                    }
                    emptied
                }
                Some(reason) => self.try_open(&mut control, word, Opening { reason, now, asked }),
            };
            if done {
                break;
            }
        }
        self.announce(control);
    }

    /// Trips on what a window has reached, if its generation still runs.
    #[cold]
    fn trip_on(&self, generation: u64, opening: Opening) {
        let Opening { reason, now, .. } = opening;
        let mut control = self.changing();
        let word = self.machine.load();
        if word.generation() != generation {
            return;
        }
        if word.is_shadow() {
            if let Some(window) = self.window.window() {
                window.clear();
            }
            self.would_trip(&mut control, word, reason, now);
        } else {
            self.open(&mut control, word, opening);
        }
        self.announce(control);
    }

    /// R17: what would have tripped is told at most once per cooldown.
    fn would_trip(&self, control: &mut ControlGuard<'_>, word: PackedState, reason: Reason, now: Timestamp) {
        let is_due = |last: Timestamp| now.since(last) >= control.settings.cooldown();
        if control.would_have_tripped.is_none_or(is_due) {
            control.would_have_tripped = Some(now);
            self.add_event(control, word, EventKind::WouldTrip { reason }, now);
        }
    }

    /// The end of a trial call, under the control lock.
    #[cold]
    fn settle_trial(&self, ticket: Ticket, end: End, counted: Counted, now: Timestamp) -> Outcome {
        let mut control = self.changing();
        let word = self.machine.load();
        if word.generation() != ticket.generation() {
            drop(control);
            return self.settle_late(counted);
        }
        let counted = counted.in_half_open(end);
        match rules::after_trial(word, counted.trial_end(), ticket.is_extra(), &control.settings) {
            AfterTrial::Stay(next) => {
                self.replace_under_lock(word, next);
                let is_waited_for = control.waiters > 0;
                drop(control);
                if is_waited_for && next.in_flight() + next.completed() < word.in_flight() + word.completed()
                {
                    self.hub.guarded(|| self.permit_available.notify_one());
                }
            }
            AfterTrial::Close => {
                self.close(&mut control, word, Reason::TrialsSucceeded, now);
                self.announce(control);
            }
            AfterTrial::Reopen(reason) => {
                control.reopenings = control.reopenings.saturating_add(1);
                let asked = end.asked();
                self.open(&mut control, word, Opening { reason, now, asked });
                self.announce(control);
            }
        }
        match counted {
            Counted::Ignored => self.statistics.add(Count::Ignored),
            Counted::Cancelled => self.statistics.add(Count::Cancelled),
            Counted::Call(sample) => self.count_call(end, sample),
        }
        counted.outcome()
    }
}
