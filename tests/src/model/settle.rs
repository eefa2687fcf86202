//! How a call that ends counts: R3, R4, R8, R9, R10, R11, R12, R20 and R21.

use super::breaker::Breaker;
use super::call::{Admission, Call, Counted, End, Story, Verdict, Why};
use super::settings::at_least;

impl Breaker {
    /// Ends a call (R3, R8, R10, R11, R12).
    pub fn end(&mut self, number: usize, end: End) {
        let call = self.out.remove(&number).expect("the call is out");
        let slow = match (call.at, self.settings.slow_call) {
            (Some(at), Some(limit)) => self.now - at >= limit,
            _ => false,
        };
        let counted = self.count(call, end, slow);
        if call.generation != self.generation {
            self.totals.late += u64::from(counted != Counted::Cancelled);
            return;
        }
        if call.admission == Admission::Trial {
            self.trials.out -= 1;
        }
        match call.admission {
            Admission::Nested => {}
            Admission::Plain => {
                if let Counted::Call(verdict) = counted {
                    self.judge_window(verdict);
                }
            }
            Admission::Trial | Admission::Extra => self.judge_trial(number, call, counted),
        }
    }

    /// Counts an ended call in the totals (R3).
    fn count(&mut self, call: Call, end: End, slow: bool) -> Counted {
        let failed = match end {
            End::Ignored => {
                self.totals.ignored += 1;
                return Counted::Ignored;
            }
            End::Drop if !slow => {
                self.totals.cancelled += 1;
                return Counted::Cancelled;
            }
            End::Failure | End::Panic => true,
            End::Success => slow && self.settings.slow_threshold.is_none(),
            End::Drop => self.settings.slow_threshold.is_none() || call.admission.is_trial(),
        };
        self.totals.failures += u64::from(failed);
        self.totals.successes += u64::from(!failed);
        self.totals.slow += u64::from(slow);
        self.totals.panicked += u64::from(end == End::Panic);
        Counted::Call(Verdict { failed, slow })
    }

    fn judge_window(&mut self, verdict: Verdict) {
        self.log.record(verdict, self.settings.window, self.now);
        let Some(why) = self.log.judge(&self.settings) else {
            return;
        };
        if self.forced.is_none() {
            self.open(why);
        } else {
            self.log.clear();
            self.would_trip(why);
        }
    }

    fn would_trip(&mut self, why: Why) {
        let (generation, at) = (self.generation, self.now);
        if self
            .would_trip_at
            .is_none_or(|last| at - last >= self.settings.cooldown)
        {
            self.would_trip_at = Some(at);
            self.story.push(Story::WouldTrip { generation, at, why });
        }
    }

    fn judge_trial(&mut self, number: usize, call: Call, counted: Counted) {
        let verdict = match counted {
            Counted::Call(verdict) => verdict,
            Counted::Cancelled => {
                self.abandoned += 1;
                if self.abandoned >= 5.max(self.settings.trial_calls as u64) {
                    return self.reopen(Why::TrialsAbandoned(self.abandoned));
                }
                return self.give_back(number, call);
            }
            Counted::Ignored => return self.give_back(number, call),
        };
        self.abandoned = 0;
        if verdict.failed {
            return self.reopen(Why::TrialFailed);
        }
        self.trials.succeeded += 1;
        self.trials.slow += usize::from(verdict.slow);
        if self.trials.succeeded < self.settings.trial_calls {
            return;
        }
        let (slow, done) = (self.trials.slow as u64, self.trials.succeeded as u64);
        match self.settings.slow_threshold {
            Some(rate) if at_least(slow, done, rate) => self.reopen(Why::TrialsSlow(slow, done)),
            _ => self.close(Why::TrialsSucceeded),
        }
    }

    /// Gives back the admission of an extra trial that decided nothing (R9).
    ///
    /// Unless another trial was admitted after it.
    fn give_back(&mut self, number: usize, call: Call) {
        if call.admission == Admission::Extra && number == self.last_trial {
            self.last_admission = self.last_admission.min(self.now - self.cooldown);
        }
    }
}
