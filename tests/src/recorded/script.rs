//! Finds the first step at which our rules differ on purpose.
//!
//! It reads the recording alone, never our breaker. So a fault of our breaker cannot hide itself.

use std::collections::BTreeMap;

use super::scenario::{Event, Initial, Manual, Scenario, Step};
use crate::model::{End, Nanos};

/// Why a scenario is compared only up to some step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// `half-open-any-fail`: the first failed trial call reopens fusebox. The
    /// recorded breaker waits for all of them.
    AnyFailedTrial,
    /// R9: one cooldown after the last admission, fusebox admits an extra trial.
    ExtraTrial,
    /// `max-wait`: the recorded breaker leaves `HalfOpen` after a limit.
    MaxWait,
    /// To `HalfOpen` at once, which is not an operation of fusebox.
    ForcedHalfOpen,
    /// Metrics that go on past the threshold, at which the shadow window of fusebox
    /// is emptied.
    MetricsPastThreshold,
}

/// What the recording contains about the time before a step.
#[derive(Debug)]
pub struct Script<'a> {
    scenario: &'a Scenario,
    now: Nanos,
    state: Option<char>,
    open_since: Nanos,
    half_open_since: Nanos,
    last_granted: Nanos,
    granted_at: BTreeMap<u64, Nanos>,
}

impl<'a> Script<'a> {
    /// Starts at the beginning of a scenario.
    pub fn new(scenario: &'a Scenario) -> Self {
        let state = match scenario.initial {
            Initial::HalfOpen => Some('H'),
            _ => None,
        };
        let start = scenario.start;
        Self {
            scenario,
            now: start,
            state,
            open_since: start,
            half_open_since: start,
            last_granted: start,
            granted_at: BTreeMap::new(),
        }
    }

    /// Returns the clock of the recording.
    pub fn now(&self) -> Nanos {
        self.now
    }

    /// Returns how old the call of a ticket is.
    pub fn age(&self, ticket: u64) -> Nanos {
        self.now - self.granted_at[&ticket]
    }

    /// Returns whether the last step reads the state at the end of a cooldown (R2,
    /// R6). fusebox reads `HalfOpen` there. Breakers that compare their cooldown
    /// with `>` read Open. The announced state is Open for both.
    pub fn reads_the_edge(&self, step: &Step) -> bool {
        self.scenario.limits.reads_open_at_the_edge
            && step.seen.state == Some('O')
            && self.now - self.open_since == self.scenario.settings.cooldown
    }

    /// Reads one step. Returns the difference if the rules differ from this step
    /// on.
    pub fn cut(&mut self, step: &Step) -> Option<Cut> {
        if let Event::Advance(by) = step.event {
            self.now += by;
        }
        let cut = self.differs(step);
        if step.seen.granted == Some(true) {
            self.last_granted = self.now;
            if let Event::Acquire(ticket) = step.event {
                self.granted_at.insert(ticket, self.now);
            }
        }
        if step.seen.state == Some('O') && self.state != Some('O') {
            self.open_since = self.now;
        }
        if step.seen.state == Some('H') && self.state != Some('H') {
            self.half_open_since = self.now;
        }
        self.state = step.seen.state;
        cut
    }

    fn differs(&self, step: &Step) -> Option<Cut> {
        if step.event == Event::Manual(Manual::HalfOpen) {
            return Some(Cut::ForcedHalfOpen);
        }
        if step.seen.state == Some('M') && self.threshold_is_reached(step) {
            return Some(Cut::MetricsPastThreshold);
        }
        if self.state != Some('H') {
            return None;
        }
        let limits = self.scenario.limits;
        if limits
            .half_open_max_wait
            .is_some_and(|most| self.now - self.half_open_since >= most)
        {
            return Some(Cut::MaxWait);
        }
        match step.event {
            Event::End(ticket, End::Failure) if limits.judges_trials_together && self.is_trial(ticket) => {
                Some(Cut::AnyFailedTrial)
            }
            Event::Acquire(_)
                if step.seen.granted != Some(true)
                    && self.now - self.last_granted >= self.scenario.settings.cooldown =>
            {
                Some(Cut::ExtraTrial)
            }
            _ => None,
        }
    }

    fn threshold_is_reached(&self, step: &Step) -> bool {
        let (failures, slow) = self
            .scenario
            .limits
            .rates
            .expect("only rate breakers have metrics");
        let slow_is_on = self.scenario.settings.slow_call.is_some();
        step.seen.failure_rate.is_some_and(|rate| rate >= failures)
            || slow_is_on && step.seen.slow_call_rate.is_some_and(|rate| rate >= slow)
    }

    fn is_trial(&self, ticket: u64) -> bool {
        self.granted_at[&ticket] >= self.half_open_since
    }
}
