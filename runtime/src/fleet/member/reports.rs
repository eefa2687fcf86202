//! Local states on their way to the store.

use std::time::Duration;

use super::machine::{LinkState, Member, Pending, Turn};
use crate::fleet::{
    member::{Condition, View},
    protocol::{Command, Report, ReportReply, Reported, SharedName, Shown, limits::MOST_REPORTS},
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
                reports.push(self.report(turn, &breaker, &view));
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

    fn report(&mut self, turn: &Turn<'_>, breaker: &SharedName, view: &View) -> Report {
        let now = turn.now;
        let shown = self.shown(turn, breaker);
        let is_shown = matches!(shown, Shown::Forced(_) | Shown::Exception);
        if is_shown
            || self
                .entries
                .get(breaker)
                .is_some_and(|entry| entry.shows_override)
        {
            let entry = self.entry(breaker);
            entry.shows_override = is_shown;
            entry.override_until = match &shown {
                Shown::Forced(standing) => standing.remaining.map(|remaining| now + remaining),
                _ => None,
            };
        }
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
            shown,
            quorum: view.quorum,
        }
    }

    /// Returns what operators see of a breaker of this process.
    ///
    /// What all instances have in common is in the store once: a command to a thousand instances
    /// does not cause a thousand reports.
    fn shown(&self, turn: &Turn<'_>, breaker: &SharedName) -> Shown {
        let on_all = self
            .entries
            .get(breaker)
            .and_then(|entry| entry.forced.over.as_ref());
        match (turn.breakers.standing(breaker), on_all) {
            (Some(standing), Some(over)) if over.state.as_state() == standing.state => Shown::AsOnAll,
            (Some(standing), _) => Shown::Forced(standing),
            (None, Some(_)) => Shown::Exception,
            (None, None) => Shown::Automatic,
        }
    }

    /// Acts on an override, or a command to all instances, that may have changed.
    pub(super) fn on_overridden(&mut self, turn: &Turn<'_>, breaker: &SharedName) {
        let shown = self.shown(turn, breaker);
        let known = self.entries.get(breaker);
        let is_in_store = known.is_some_and(|entry| entry.is_open || entry.shows_override);
        if is_in_store || matches!(shown, Shown::Forced(_) | Shown::Exception) {
            self.dirty.insert(breaker.clone());
        }
    }

    /// Reports overrides that have ended by themselves.
    /// The breaker has no event of the end before its next call.
    pub(super) fn end_overrides(&mut self, now: Duration) {
        if now < self.override_at {
            return;
        }
        self.override_at = Duration::MAX;
        for (breaker, entry) in &mut self.entries {
            match entry.override_until {
                Some(until) if until <= now => {
                    entry.override_until = None;
                    self.dirty.insert(breaker.clone());
                }
                Some(until) => self.override_at = self.override_at.min(until),
                None => {}
            }
        }
    }

    pub(super) fn on_reported(
        &mut self,
        turn: &mut Turn<'_>,
        breakers: Vec<SharedName>,
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
    /// Returns the state without the registration, if there is one.
    fn min_up(self) -> Self {
        match self {
            Self::Down => Self::Down,
            Self::Up | Self::Registered => Self::Up,
        }
    }
}
