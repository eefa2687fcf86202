//! States that an operator forced on all instances.

use std::time::Duration;

use super::{
    entry::ForcedEntry,
    machine::{Member, Pending, Turn},
};
use crate::fleet::{
    member::{Action, Output, Warning},
    protocol::{Command, Forced, Name, Override, Restored, Version},
};

/// The most operator commands that are restored at once.
const MOST_RESTORED: usize = 200;

impl ForcedEntry {
    /// The record as of now, to give it to another store.
    pub(super) fn at(&self, now: Duration) -> Forced {
        let remaining = |over: &Override| Override {
            remaining: self.until.map(|until| until.saturating_sub(now)),
            ..over.clone()
        };
        Forced {
            over: self.over.as_ref().map(remaining),
            version: self.version,
        }
    }
}

impl Member {
    /// Applies a message about an operator state.
    pub(super) fn on_forced(&mut self, turn: &mut Turn<'_>, breaker: &Name, forced: Forced) {
        let epoch = self.known.map_or(forced.version.epoch, |known| known.epoch);
        if forced.version.is_newer(self.entry(breaker).forced.version, epoch) {
            self.set_forced(turn, breaker, forced);
        }
    }

    /// Applies the record of a snapshot, or its absence.
    pub(super) fn on_forced_snapshot(&mut self, turn: &mut Turn<'_>, breaker: &Name, forced: Option<Forced>) {
        let epoch = self.known.map_or(0, |known| known.epoch);
        let known = &self.entry(breaker).forced;
        match forced {
            // Another instance was faster with an older command.
            Some(forced) if known.is_restoring && known.version.is_newer(forced.version, epoch) => {}
            Some(forced) => self.set_forced(turn, breaker, forced),
            // A store that lost its data has no record of earlier operator commands.
            None if known.is_restoring => {}
            None if known.over.is_some() => {
                let version = known.version;
                self.set_forced(turn, breaker, Forced { over: None, version });
            }
            None => {}
        }
    }

    /// Marks what a store that lost its data, or its newest changes, does not have.
    pub(super) fn mark_lost(&mut self, turn: &mut Turn<'_>, version: Version) {
        let is_lost =
            |known: Version| known != Version::default() && (known.epoch != version.epoch || known > version);
        let mut restored = 0;
        for entry in self.entries.values_mut() {
            entry.forced.is_restoring = is_lost(entry.forced.version);
            restored += usize::from(entry.forced.is_restoring);
            if is_lost(entry.shared_version) {
                entry.shared_version = Version::default();
            }
        }
        turn.outputs.push(Output::Warn(Warning::StoreLost { restored }));
    }

    /// Sends operator commands that the store has lost, until it confirms them.
    pub(super) fn restore(&mut self, turn: &mut Turn<'_>) {
        if self.is_restoring {
            return;
        }
        let lost = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.forced.is_restoring)
            .take(MOST_RESTORED);
        let offer = |(name, entry): (&Name, &super::entry::Entry)| Restored {
            breaker: name.clone(),
            forced: entry.forced.at(turn.now),
        };
        let forced: Vec<Restored> = lost.map(offer).collect();
        if !forced.is_empty() {
            self.is_restoring = true;
            let breakers = forced.iter().map(|restored| restored.breaker.clone()).collect();
            self.send(turn, Pending::Restore(breakers), Command::Restore { forced });
        }
    }

    pub(super) fn on_restored(&mut self, turn: &mut Turn<'_>, breakers: &[Name], is_confirmed: bool) {
        self.is_restoring = false;
        if !is_confirmed {
            return;
        }
        for breaker in breakers {
            // From here on the store decides, whether it took the command or had a newer one.
            let known = &mut self.entry(breaker).forced;
            if std::mem::take(&mut known.is_restoring) {
                known.version = Version::default();
            }
        }
        self.refresh(turn);
    }

    fn set_forced(&mut self, turn: &mut Turn<'_>, breaker: &Name, forced: Forced) {
        let margin = self.timing.margin;
        let known = &mut self.entry(breaker).forced;
        let is_same = match (&known.over, &forced.over) {
            (Some(known), Some(over)) => {
                (known.state, &known.who, &known.reason) == (over.state, &over.who, &over.reason)
            }
            (known, over) => known.is_none() && over.is_none(),
        };
        let until = forced
            .over
            .as_ref()
            .and_then(|over| over.remaining)
            .map(|remaining| turn.now + remaining);
        // A message is on its way for some time, so the end of a repeated command differs a little.
        let is_moved = match (known.until, until) {
            (Some(known), Some(until)) => known.abs_diff(until) > margin,
            (known, until) => known != until,
        };
        // A replica without the newest command gives its version to the next one, so equal versions
        // do not mean equal ends.
        let has_other_end = known.until.is_some() != until.is_some();
        let is_changed = !is_same || has_other_end || (is_moved && known.version != forced.version);
        if is_changed {
            known.until = until;
        }
        known.is_restoring = false;
        known.version = forced.version;
        known.over = forced.over;
        if !is_changed {
            return;
        }
        if known.over.is_some() {
            self.apply_forced(turn, breaker);
        } else {
            turn.breakers.act(breaker, Action::Release);
        }
    }

    /// Forces the breaker of this process, if an operator did so for all.
    pub(super) fn apply_forced(&mut self, turn: &mut Turn<'_>, breaker: &Name) {
        let now = turn.now;
        let known = &self.entry(breaker).forced;
        if let Some(over) = &known.over {
            let action = Action::Force {
                state: over.state,
                lasting: known.until.map(|until| until.saturating_sub(now)),
                who: over.who.clone(),
                reason: over.reason.clone(),
            };
            turn.breakers.act(breaker, action);
        }
    }

    /// Releases what has run out, whether the store answers or not.
    pub(super) fn end_forced(&mut self, turn: &mut Turn<'_>) {
        if turn.now < self.forced_at {
            return;
        }
        self.forced_at = Duration::MAX;
        for (breaker, entry) in &mut self.entries {
            match entry.forced.until {
                Some(until) if until <= turn.now => {
                    entry.forced.until = None;
                    entry.forced.over = None;
                    turn.breakers.act(breaker, Action::Release);
                }
                Some(until) => self.forced_at = self.forced_at.min(until),
                None => {}
            }
        }
    }
}
