//! States that an operator forced, on all instances or on this one.

use std::time::Duration;

use super::{
    entry::{BreakerEntry, ForcedEntry, Layer},
    machine::{Member, Pending, Turn},
};
use crate::fleet::{
    member::{Action, FleetWarning, Output},
    protocol::{Command, Forced, OverrideRecord, Restored, SharedName, Version},
};

/// The most operator commands that are restored at once.
const MOST_RESTORED: usize = 200;

impl ForcedEntry {
    /// Returns the record as of now, to give it to another store.
    pub(super) fn at(&self, now: Duration) -> Forced {
        let remaining = |over: &OverrideRecord| OverrideRecord {
            remaining: self.until.map(|until| until.saturating_sub(now)),
            ..over.clone()
        };
        Forced {
            over: self.over.as_ref().map(remaining),
            version: self.version,
        }
    }

    /// Takes the newest command.
    ///
    /// Returns whether it differs from the one before.
    fn set(&mut self, now: Duration, margin: Duration, forced: Forced) -> bool {
        let is_same = match (&self.over, &forced.over) {
            (Some(known), Some(over)) => {
                (known.state, &known.who, &known.reason) == (over.state, &over.who, &over.reason)
            }
            (known, over) => known.is_none() && over.is_none(),
        };
        let remaining = forced.over.as_ref().and_then(|over| over.remaining);
        let until = remaining.map(|remaining| now + remaining);
        // A message is on its way for some time, so the end of a repeated command differs a little.
        let is_moved = match (self.until, until) {
            (Some(known), Some(until)) => known.abs_diff(until) > margin,
            (known, until) => known != until,
        };
        // A replica without the newest command gives its version to the next one, so equal versions
        // do not mean equal ends.
        let has_other_end = self.until.is_some() != until.is_some();
        let is_changed = !is_same || has_other_end || (is_moved && self.version != forced.version);
        if is_changed {
            self.until = until;
        }
        self.is_restoring = false;
        self.version = forced.version;
        self.over = forced.over;
        is_changed
    }

    /// Ends a state whose end has come.
    fn end(&mut self, now: Duration) -> bool {
        let is_over = self.until.is_some_and(|until| until <= now);
        if is_over {
            self.until = None;
            self.over = None;
        }
        is_over
    }
}

impl Member {
    /// Applies a message about an operator state.
    pub(super) fn on_forced(
        &mut self,
        turn: &mut Turn<'_>,
        breaker: &SharedName,
        layer: Layer,
        forced: Forced,
    ) {
        let epoch = self.known.map_or(forced.version.epoch, |known| known.epoch);
        let version = forced.version;
        let entry = self.entry(breaker);
        let is_newest = match layer {
            Layer::All => version.is_newer(entry.forced.version, epoch),
            // A command to all that came later has ended it.
            Layer::Own => [&entry.own, &entry.forced]
                .iter()
                .all(|known| version.is_newer(known.version, epoch)),
        };
        if !is_newest {
            return;
        }
        let is_known = entry.own.version != Version::default();
        if layer == Layer::All && is_known && version.is_newer(entry.own.version, epoch) {
            let ended = Forced { over: None, version };
            let had_own = entry.own.over.is_some();
            entry.own.set(turn.now, Duration::ZERO, ended);
            self.set_forced(turn, (breaker, layer), forced, had_own);
        } else {
            // A release also ends what an operator of this instance has forced.
            let is_release = layer == Layer::Own && forced.over.is_none();
            self.set_forced(turn, (breaker, layer), forced, is_release);
        }
    }

    /// Applies the record of a snapshot, or its absence.
    ///
    /// `is_first`: the first snapshot of this process, in which an old release may be.
    pub(super) fn on_forced_snapshot(
        &mut self,
        turn: &mut Turn<'_>,
        (breaker, layer): (&SharedName, Layer),
        forced: Option<Forced>,
        is_first: bool,
    ) {
        let epoch = self.known.map_or(0, |known| known.epoch);
        let known = self.entry(breaker).layer(layer);
        match forced {
            // Another instance was faster with an older command.
            Some(forced) if known.is_restoring && known.version.is_newer(forced.version, epoch) => {}
            Some(forced) => {
                let is_missed_release = layer == Layer::Own
                    && forced.over.is_none()
                    && !is_first
                    && forced.version != known.version;
                self.set_forced(turn, (breaker, layer), forced, is_missed_release);
            }
            // A store that lost its data has no record of earlier operator commands.
            None if known.is_restoring => {}
            None if known.over.is_some() => {
                let version = known.version;
                self.set_forced(turn, (breaker, layer), Forced { over: None, version }, false);
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
            // No other instance could bring a released state of this one back.
            entry.own.is_restoring = is_lost(entry.own.version) && entry.own.over.is_some();
            restored += usize::from(entry.forced.is_restoring) + usize::from(entry.own.is_restoring);
            if is_lost(entry.shared_version) {
                entry.shared_version = Version::default();
            }
        }
        turn.outputs
            .push(Output::Warn(FleetWarning::StoreLost { restored }));
    }

    /// Sends operator commands that the store has lost, until it confirms them.
    pub(super) fn restore(&mut self, turn: &mut Turn<'_>) {
        if self.is_restoring {
            return;
        }
        let layers = |(name, entry): (&SharedName, &BreakerEntry)| {
            [(Layer::All, &entry.forced), (Layer::Own, &entry.own)].map(|(layer, known)| {
                known
                    .is_restoring
                    .then(|| (name.clone(), layer, known.at(turn.now)))
            })
        };
        let lost = self.entries.iter().flat_map(layers).flatten();
        let (breakers, forced): (Vec<_>, Vec<_>) = lost
            .take(MOST_RESTORED)
            .map(|(breaker, layer, forced)| {
                let is_own = layer == Layer::Own;
                let offer = Restored {
                    breaker: breaker.clone(),
                    is_own,
                    forced,
                };
                ((breaker, layer), offer)
            })
            .unzip();
        if !forced.is_empty() {
            self.is_restoring = true;
            let instance = self.instance.name.clone();
            self.send(
                turn,
                Pending::Restore(breakers),
                Command::Restore { instance, forced },
            );
        }
    }

    pub(super) fn on_restored(
        &mut self,
        turn: &mut Turn<'_>,
        breakers: &[(SharedName, Layer)],
        is_confirmed: bool,
    ) {
        self.is_restoring = false;
        if !is_confirmed {
            return;
        }
        for (breaker, layer) in breakers {
            // From here on the store decides, whether it took the command or had a newer one.
            let known = self.entry(breaker).layer(*layer);
            if std::mem::take(&mut known.is_restoring) {
                known.version = Version::default();
            }
        }
        self.refresh(turn);
    }

    /// Sets the command of one layer.
    ///
    /// With `is_certain`, the breaker changes even if the command is the one of before.
    fn set_forced(
        &mut self,
        turn: &mut Turn<'_>,
        (breaker, layer): (&SharedName, Layer),
        forced: Forced,
        is_certain: bool,
    ) {
        let margin = self.timing.margin;
        let entry = self.entry(breaker);
        let is_changed = entry.layer(layer).set(turn.now, margin, forced);
        let is_hidden = layer == Layer::All && entry.own.over.is_some();
        if (is_changed || is_certain) && !is_hidden {
            self.enforce(turn, breaker);
        }
        if is_changed {
            self.on_overridden(turn, breaker);
        }
    }

    /// Brings the breaker of this process into the state that operators forced, or
    /// releases it.
    fn enforce(&mut self, turn: &mut Turn<'_>, breaker: &SharedName) {
        if self.entry(breaker).deciding().over.is_some() {
            self.apply_forced(turn, breaker);
        } else {
            turn.breakers.act(breaker, Action::Release);
        }
    }

    /// Forces the breaker of this process, if an operator did so.
    pub(super) fn apply_forced(&mut self, turn: &mut Turn<'_>, breaker: &SharedName) {
        let now = turn.now;
        let known = self.entry(breaker).deciding();
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
    ///
    /// After the end of a command to this instance, the one to all instances decides again.
    pub(super) fn end_forced(&mut self, turn: &mut Turn<'_>) {
        if turn.now < self.forced_at {
            return;
        }
        self.forced_at = Duration::MAX;
        let mut ended = Vec::new();
        for (breaker, entry) in &mut self.entries {
            let was_own = entry.own.over.is_some();
            let has_ended = [entry.forced.end(turn.now), entry.own.end(turn.now)];
            if has_ended.contains(&true) {
                let is_hidden = was_own && !has_ended[1];
                ended.push((breaker.clone(), is_hidden));
            }
            for until in [entry.forced.until, entry.own.until].into_iter().flatten() {
                self.forced_at = self.forced_at.min(until);
            }
        }
        for (breaker, is_hidden) in ended {
            if !is_hidden {
                self.enforce(turn, &breaker);
            }
            self.on_overridden(turn, &breaker);
        }
    }
}
