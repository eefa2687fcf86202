//! How a call that ends counts: R3, R4, R8, R10, R11 and R12.

use super::breaker::{Automatic, Breaker};
use super::call::{Admission, End, Story, Verdict, Why};
use super::settings::at_least;

impl Breaker {
    /// R3, R8, R10, R11, R12: a call ends.
    pub fn end(&mut self, number: usize, end: End) {
        let call = self.out.remove(&number).expect("the call is out");
        let slow = match (call.at, self.settings.slow_call) {
            (Some(at), Some(limit)) => self.now - at >= limit,
            _ => false,
        };
        let current = call.generation == self.generation;
        if current && call.admission == Admission::Trial {
            self.trials.out -= 1;
        }
        match end {
            End::Drop if !slow => self.totals.cancelled += 1,
            _ if !current => self.totals.late += 1,
            End::Ignored => self.totals.ignored += 1,
            _ => self.count(end, slow),
        }
    }

    /// R4, R17: a counted outcome of this generation.
    fn count(&mut self, end: End, slow: bool) {
        let on_trial = self.forced.is_none() && self.automatic == Automatic::HalfOpen;
        let failed = match end {
            End::Failure | End::Panic => true,
            End::Success => slow && self.settings.slow_threshold.is_none(),
            End::Drop => self.settings.slow_threshold.is_none() || on_trial,
            End::Ignored => unreachable!("ignored calls are not counted"),
        };
        self.totals.failures += u64::from(failed);
        self.totals.successes += u64::from(!failed);
        self.totals.slow += u64::from(slow);
        self.totals.panicked += u64::from(end == End::Panic);
        if on_trial {
            self.judge_trial(failed, slow);
        } else {
            self.judge_window(Verdict { failed, slow });
        }
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

    fn judge_trial(&mut self, failed: bool, slow: bool) {
        if failed {
            return self.reopen(Why::TrialFailed);
        }
        self.trials.succeeded += 1;
        self.trials.slow += usize::from(slow);
        if self.trials.succeeded < self.settings.trial_calls {
            return;
        }
        let (slow, done) = (self.trials.slow as u64, self.trials.succeeded as u64);
        match self.settings.slow_threshold {
            Some(share) if at_least(slow, done, share) => self.reopen(Why::TrialsSlow(slow, done)),
            _ => self.close(Why::TrialsSucceeded),
        }
    }
}
