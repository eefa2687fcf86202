//! Local states on their way to the store.

use std::time::Duration;

use super::machine::{LinkState, Member, Pending, Turn};
use crate::fleet::{
    member::{Condition, View},
    protocol::{Command, Name, Report, ReportReply, Reported, limits::MOST_REPORTS},
};

impl Member {
    /// Sends the present states of breakers that changed.
    /// One command is on its way at a time; changes meanwhile are joined, so a flapping breaker
    /// causes no more commands than the store answers.
    pub(super) fn flush_reports(&mut self, turn: &mut Turn<'_>) {
        if self.is_reporting || self.dirty.is_empty() || turn.now < self.report_at {
            return;
        }
        let mut breakers = Vec::new();
        let mut reports = Vec::new();
        while let Some(breaker) = self.dirty.pop_first() {
            if let Some(view) = turn.breakers.view(&breaker) {
                reports.push(self.report(turn.now, &breaker, &view));
                breakers.push(breaker);
            }
            if breakers.len() == MOST_REPORTS {
                break;
            }
        }
        if reports.is_empty() {
            return;
        }
        self.is_reporting = true;
        self.report_number += 1;
        let command = Command::Report {
            instance: self.instance.clone(),
            number: self.report_number,
            reports,
        };
        self.send(turn, Pending::Report(breakers), command);
    }

    fn report(&self, now: Duration, breaker: &Name, view: &View) -> Report {
        let evidence = self
            .entries
            .get(breaker)
            .map_or(Duration::ZERO, |entry| entry.evidence_until);
        let state = match view.condition {
            Condition::Closed => Reported::Closed,
            Condition::HalfOpen { .. } => Reported::HalfOpen,
            Condition::Open { .. } if evidence > now => Reported::Open {
                remaining: evidence.saturating_sub(now),
                evidence: true,
            },
            Condition::Open { remaining } => Reported::Open {
                remaining,
                evidence: false,
            },
        };
        Report {
            breaker: breaker.clone(),
            state,
            quorum: view.quorum,
        }
    }

    pub(super) fn on_reported(
        &mut self,
        turn: &mut Turn<'_>,
        breakers: Vec<Name>,
        reply: Option<ReportReply>,
    ) {
        self.is_reporting = false;
        match reply {
            Some(ReportReply::Accepted) => return,
            Some(ReportReply::Stale) => {}
            Some(ReportReply::Unknown) => {
                self.link = self.link.min_up();
                self.refresh(turn);
            }
            None => self.report_at = turn.now + self.timing.retry,
        }
        self.dirty.extend(breakers);
    }

    pub(super) fn next_report(&self) -> Duration {
        if self.is_reporting || self.dirty.is_empty() {
            Duration::MAX
        } else {
            self.report_at
        }
    }
}

impl LinkState {
    /// No longer registered, if it was.
    fn min_up(self) -> Self {
        match self {
            Self::Down => Self::Down,
            Self::Up | Self::Registered => Self::Up,
        }
    }
}
