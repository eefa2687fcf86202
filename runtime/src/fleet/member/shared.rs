//! Breakers that are open for all, and the one trial that closes them.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use super::{
    entry::{SharedEntry, Trial},
    machine::{LinkState, Member, Pending, Turn},
};
use crate::fleet::{
    member::{Action, Condition, View},
    protocol::{Command, Lease, LeaseReply, Shared, SharedName, TrialEnd, Version},
};

impl Member {
    /// Applies a message that the breaker opened, or reopened, for all.
    pub(super) fn on_opened(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, shared: &Shared) {
        let epoch = self.known.map_or(shared.version.epoch, |known| known.epoch);
        if shared.version.is_newer(self.entry(breaker).shared_version, epoch) {
            self.open(turn, breaker, shared);
        }
    }

    /// Applies a message that a trial succeeded.
    pub(super) fn on_closed(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, version: Version) {
        let epoch = self.known.map_or(version.epoch, |known| known.epoch);
        let entry = self.entry(breaker);
        if !version.is_newer(entry.shared_version, epoch) {
            return;
        }
        entry.shared_version = version;
        let Some(shared) = entry.shared.take() else { return };
        entry.evidence_until = Duration::ZERO;
        if !shared.is_dismissed && following(turn, breaker).is_some_and(|view| !view.is_closed()) {
            turn.breakers.act(breaker, Action::Close);
        }
    }

    /// Applies a message about the trial lease.
    pub(super) fn on_lease(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, lease: &Lease) {
        let delay = self.delay(breaker);
        let (me, margin) = (self.instance.name.clone(), self.timing.margin);
        let Some(shared) = &mut self.entry(breaker).shared else {
            return;
        };
        if lease.token < shared.lease_token {
            return;
        }
        shared.lease_token = lease.token;
        shared.lease_until = turn.now + lease.remaining;
        shared.attempt_at = shared.lease_until + delay;
        if lease.owner != me {
            // Another instance has a newer lease: the own one has expired.
            shared.trial.take_if(|trial| trial.token < lease.token);
            let until = shared.lease_until + margin;
            if !lease.remaining.is_zero() {
                self.hold(turn, breaker, until);
            }
        }
    }

    /// Applies the record of a snapshot, or its absence.
    pub(super) fn on_shared_snapshot(
        &mut self,
        turn: &mut Turn<'_>,
        breaker: &SharedName,
        shared: Option<Shared>,
        is_lost: bool,
    ) {
        let entry = self.entry(breaker);
        match shared {
            Some(shared) if shared.version == entry.shared_version && entry.shared.is_some() => {
                if let Some(lease) = &shared.lease {
                    self.on_lease(turn, breaker, lease);
                }
            }
            Some(shared) => {
                self.open(turn, breaker, &shared);
                if let Some(lease) = &shared.lease {
                    self.on_lease(turn, breaker, lease);
                }
            }
            // What the store lost ends by itself, here as everywhere.
            None if is_lost => drop(entry.shared.take()),
            None => self.on_gone(turn, breaker),
        }
    }

    /// Ends an open that all share, whose end this member missed. It probes for
    /// itself.
    fn on_gone(&mut self, turn: &mut Turn<'_>, breaker: &SharedName) {
        let Some(shared) = self.entry(breaker).shared.take() else {
            return;
        };
        let is_held = self.entry(breaker).evidence_until <= turn.now && !shared.is_dismissed;
        if is_held
            && following(turn, breaker).is_some_and(|view| matches!(view.condition, Condition::Open { .. }))
        {
            turn.breakers.act(breaker, Action::EndCooldown);
        }
    }

    fn open(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, shared: &Shared) {
        let longest = following(turn, breaker).map(|view| view.longest_shared_cooldown());
        let remaining = shared.remaining.min(longest.unwrap_or(shared.remaining));
        let mut fresh = SharedEntry::new(
            turn.now,
            &Shared {
                remaining,
                ..shared.clone()
            },
        );
        let entry = self.entry(breaker);
        entry.shared_version = shared.version;
        // A command on its way still returns, and a doubled one would compete twice.
        fresh.is_acquiring = entry.shared.as_ref().is_some_and(|known| known.is_acquiring);
        entry.shared = Some(fresh);
        let delay = self.delay(breaker);
        self.shared(breaker).attempt_at += delay;
        self.apply_shared(turn, breaker);
    }

    /// Opens the breaker of this process, if it is open for all.
    pub(super) fn apply_shared(&mut self, turn: &mut Turn<'_>, breaker: &SharedName) {
        let hold = self.timing.lease + self.timing.margin;
        let Some(view) = following(turn, breaker) else {
            return;
        };
        let Some(shared) = &mut self.entry(breaker).shared else {
            return;
        };
        shared.rejected_before = view.rejected;
        shared.is_dismissed = false;
        let until = shared.until.max(turn.now) + hold;
        shared.hold_until = until;
        let (open, live) = (shared.open, shared.live);
        turn.breakers.act(
            breaker,
            Action::OpenFor {
                duration: until.saturating_sub(turn.now),
                open,
                live,
            },
        );
    }

    /// Keeps the breaker open at least until then, unless it closed or trial calls
    /// run.
    fn hold(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, until: Duration) {
        let is_open = |view: &View| !view.is_closed() && !view.is_trying();
        if !following(turn, breaker).as_ref().is_some_and(is_open) {
            return;
        }
        let Some(shared) = &mut self.entry(breaker).shared else {
            return;
        };
        if shared.hold_until < until && !shared.is_dismissed {
            shared.hold_until = until;
            let (open, live) = (shared.open, shared.live);
            turn.breakers.act(
                breaker,
                Action::OpenFor {
                    duration: until.saturating_sub(turn.now),
                    open,
                    live,
                },
            );
        }
    }

    /// Competes, renews, gives up and holds, as the time demands.
    pub(super) fn run_shared(&mut self, turn: &mut Turn<'_>) {
        if turn.now < self.shared_at {
            return;
        }
        let (mut due, mut next) = (Vec::new(), Duration::MAX);
        for (name, entry) in &self.entries {
            match entry.shared.as_ref().map(|shared| self.next_step(shared)) {
                Some(at) if at <= turn.now => due.push(name.clone()),
                Some(at) => next = next.min(at),
                None => {}
            }
        }
        self.shared_at = next;
        for breaker in due {
            match following(turn, &breaker) {
                Some(view) => self.step(turn, &breaker, &view),
                // Not of this process, or only reported: nothing to do until the next change.
                None => self.shared(&breaker).is_dismissed = true,
            }
        }
    }

    fn step(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, view: &View) {
        let timing = self.timing;
        let shared = self.shared(breaker);
        match shared.trial {
            Some(trial) if turn.now >= trial.expires => {
                shared.trial = None;
                shared.attempt_at = turn.now + timing.spread;
                self.hold(turn, breaker, turn.now + timing.lease + timing.margin);
            }
            Some(trial) if turn.now >= trial.renew_at && !trial.is_renewing => {
                self.extend(turn, breaker, view);
            }
            Some(_) => {}
            None => {
                if turn.now >= shared.attempt_at && !shared.is_acquiring {
                    self.compete(turn, breaker, view);
                }
                let hold_until = self.shared(breaker).hold_until;
                if turn.now + timing.margin >= hold_until {
                    self.hold(turn, breaker, turn.now + timing.lease + timing.margin);
                    let shared = self.shared(breaker);
                    // Not held, because it closed or tries: look again later.
                    shared.hold_until = shared
                        .hold_until
                        .max(turn.now + timing.margin + timing.idle_check);
                }
            }
        }
    }

    /// Competes for the lease if the breaker is in use, or if this process already
    /// has the answer.
    fn compete(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, view: &View) {
        let (lease, idle_check) = (self.timing.lease, self.timing.idle_check);
        let has_evidence = self.entry(breaker).evidence_until > turn.now;
        let shared = self.shared(breaker);
        let is_used = view.rejected > shared.rejected_before && !view.is_forced;
        if !is_used && !view.is_closed() && !view.is_trying() && !has_evidence {
            shared.attempt_at = turn.now + idle_check;
            return;
        }
        shared.is_acquiring = true;
        let instance = self.instance.name.clone();
        let command = Command::Acquire {
            breaker: breaker.clone(),
            instance,
            lease,
        };
        self.send(
            turn,
            Pending::Acquire {
                breaker: breaker.clone(),
                sent: turn.now,
            },
            command,
        );
    }

    /// Renews the lease while trial calls run; gives it up if none came.
    fn extend(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, view: &View) {
        let timing = self.timing;
        let me = self.instance.name.clone();
        let shared = self.shared(breaker);
        let Some(trial) = &mut shared.trial else { return };
        let token = trial.token;
        if view.is_trying() {
            if turn.now < trial.last_end {
                trial.is_renewing = true;
                let (breaker_name, lease) = (breaker.clone(), timing.lease);
                let command = Command::Renew {
                    breaker: breaker_name,
                    instance: me,
                    token,
                    lease,
                };
                let pending = Pending::Renew {
                    breaker: breaker.clone(),
                    token,
                    sent: turn.now,
                };
                self.send(turn, pending, command);
            } else {
                trial.renew_at = trial.expires;
            }
            return;
        }
        shared.trial = None;
        shared.rejected_before = view.rejected;
        shared.attempt_at = turn.now + timing.lease;
        shared.hold_until = Duration::ZERO;
        let command = Command::Abandon {
            breaker: breaker.clone(),
            instance: me,
            token,
        };
        self.send(turn, Pending::Other, command);
        self.hold(turn, breaker, turn.now + timing.lease + timing.margin);
    }

    pub(super) fn on_acquired(
        &mut self,
        turn: &mut Turn<'_>,
        breaker: &SharedName,
        sent: Duration,
        reply: Option<&LeaseReply>,
    ) {
        let delay = self.delay(breaker);
        let timing = self.timing;
        let Some(shared) = &mut self.entry(breaker).shared else {
            return;
        };
        shared.is_acquiring = false;
        match reply {
            Some(&LeaseReply::Granted { token, remaining }) => {
                // From when the command was sent: the server's lease began later.
                let expires = sent + remaining;
                shared.attempt_at = expires + timing.spread;
                if self.link == LinkState::Registered && turn.now < expires {
                    self.on_granted(turn, breaker, token, expires);
                }
            }
            Some(&LeaseReply::Held { remaining, .. }) => {
                shared.attempt_at = turn.now + remaining + delay;
                self.hold(turn, breaker, turn.now + remaining + timing.margin);
            }
            Some(&LeaseReply::Early { remaining }) => {
                let longest =
                    following(turn, breaker).map_or(remaining, |view| view.longest_shared_cooldown());
                shared.until = turn.now + remaining.min(longest);
                shared.attempt_at = shared.until + delay;
                let until = shared.until + timing.lease + timing.margin;
                self.hold(turn, breaker, until);
            }
            Some(LeaseReply::NotOpen) => self.on_gone(turn, breaker),
            None => shared.attempt_at = turn.now + timing.retry,
        }
    }

    fn on_granted(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, token: Version, expires: Duration) {
        let evidence = self.entry(breaker).evidence_until.saturating_sub(turn.now);
        let Some(view) = following(turn, breaker) else {
            return;
        };
        match view.condition {
            Condition::Closed => self.finish(turn, breaker, token, TrialEnd::Success),
            Condition::Open { .. } if !evidence.is_zero() => {
                self.finish(turn, breaker, token, TrialEnd::Failure { cooldown: evidence });
            }
            Condition::Open { .. } | Condition::HalfOpen { .. } => {
                let timing = self.timing;
                let trial = Trial {
                    token,
                    expires,
                    renew_at: turn.now + expires.saturating_sub(turn.now) / 2,
                    is_renewing: false,
                    last_end: turn.now + timing.longest_trial,
                };
                let shared = self.shared(breaker);
                shared.trial = Some(trial);
                shared.lease_token = shared.lease_token.max(token);
                turn.breakers.act(breaker, Action::EndCooldown);
            }
        }
    }

    pub(super) fn on_renewed(
        &mut self,
        turn: &mut Turn<'_>,
        breaker: &SharedName,
        (token, sent): (Version, Duration),
        is_renewed: Option<bool>,
    ) {
        let timing = self.timing;
        let Some(shared) = &mut self.entry(breaker).shared else {
            return;
        };
        let Some(trial) = shared.trial.as_mut().filter(|trial| trial.token == token) else {
            return;
        };
        trial.is_renewing = false;
        match is_renewed {
            Some(true) => {
                trial.expires = sent + timing.lease;
                trial.renew_at = sent + timing.lease / 2;
            }
            Some(false) => {
                shared.trial = None;
                shared.attempt_at = turn.now + timing.spread;
                self.hold(turn, breaker, turn.now + timing.lease + timing.margin);
                self.refresh(turn);
            }
            None => trial.renew_at = turn.now + timing.lease / 4,
        }
    }

    /// Acts on the calls of this process, which closed the breaker.
    pub(super) fn on_trial_succeeded(&mut self, turn: &mut Turn<'_>, breaker: &SharedName) {
        if let Some(trial) = self.take_trial(breaker) {
            self.finish(turn, breaker, trial.token, TrialEnd::Success);
        }
    }

    /// Acts on the calls of this process, which opened the breaker for this
    /// cooldown.
    pub(super) fn on_trial_failed(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, remaining: Duration) {
        let Some(trial) = self.take_trial(breaker) else {
            return;
        };
        let failed = self.shared(breaker).round.saturating_add(1);
        let backed_off = following(turn, breaker).map_or(Duration::ZERO, |view| view.cooldown_after(failed));
        let cooldown = remaining.max(backed_off);
        self.finish(turn, breaker, trial.token, TrialEnd::Failure { cooldown });
    }

    /// Acts on an operator of this process, whose command closed the breaker.
    pub(super) fn on_dismissed(&mut self, turn: &mut Turn<'_>, breaker: &SharedName) {
        if let Some(trial) = self.take_trial(breaker) {
            let instance = self.instance.name.clone();
            let command = Command::Abandon {
                breaker: breaker.clone(),
                instance,
                token: trial.token,
            };
            self.send(turn, Pending::Other, command);
        }
        if let Some(shared) = &mut self.entry(breaker).shared {
            shared.is_dismissed = true;
        }
    }

    fn finish(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, token: Version, end: TrialEnd) {
        let instance = self.instance.name.clone();
        self.shared(breaker).attempt_at = turn.now + self.timing.lease;
        self.send(
            turn,
            Pending::Finish,
            Command::Finish {
                breaker: breaker.clone(),
                instance,
                token,
                end,
            },
        );
    }

    /// Gives up the lease, which cannot be renewed without the store.
    ///
    /// Trial calls on their way count for this process alone.
    pub(super) fn forget_trials(&mut self) {
        for shared in self
            .entries
            .values_mut()
            .filter_map(|entry| entry.shared.as_mut())
        {
            shared.trial = None;
        }
        self.shared_at = Duration::ZERO;
    }

    /// Returns whether this member holds an unexpired lease.
    #[cfg(test)]
    pub(crate) fn is_owner(&self, now: Duration, breaker: &str) -> bool {
        let shared = self.entries.get(breaker).and_then(|entry| entry.shared.as_ref());
        shared
            .and_then(|shared| shared.trial)
            .is_some_and(|trial| now < trial.expires)
    }

    /// Returns when this shared state needs a step.
    pub(super) fn next_step(&self, shared: &SharedEntry) -> Duration {
        match &shared.trial {
            _ if shared.is_dismissed => Duration::MAX,
            Some(trial) if trial.is_renewing => trial.expires,
            Some(trial) => trial.renew_at.min(trial.expires),
            None => {
                let attempt_at = if shared.is_acquiring {
                    Duration::MAX
                } else {
                    shared.attempt_at
                };
                attempt_at.min(shared.hold_until.saturating_sub(self.timing.margin))
            }
        }
    }

    fn take_trial(&mut self, breaker: &SharedName) -> Option<Trial> {
        self.entry(breaker)
            .shared
            .as_mut()
            .and_then(|shared| shared.trial.take())
    }

    fn shared(&mut self, breaker: &SharedName) -> &mut SharedEntry {
        self.entry(breaker)
            .shared
            .as_mut()
            .expect("the caller has checked that it is open for all")
    }

    /// Returns the pause before competing: different for each instance and
    /// cooldown, and longer for the instance whose trial failed last, so that one
    /// bad instance does not keep the breaker open for all.
    fn delay(&self, breaker: &SharedName) -> Duration {
        let entry = self.entries.get(breaker);
        let version = entry.map(|entry| entry.shared_version).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        (&self.instance.name, self.instance.incarnation, breaker, version).hash(&mut hasher);
        let spread = u64::try_from(self.timing.spread.as_micros())
            .unwrap_or(u64::MAX)
            .max(1);
        let delay = Duration::from_micros(hasher.finish() % spread);
        let last = entry
            .and_then(|entry| entry.shared.as_ref())
            .and_then(|shared| shared.last.as_ref());
        if last == Some(&self.instance.name) {
            delay + self.timing.margin
        } else {
            delay
        }
    }
}

/// Returns the breaker's view, if it follows the fleet.
fn following(turn: &Turn<'_>, breaker: &SharedName) -> Option<View> {
    turn.breakers.view(breaker).filter(|view| view.quorum.is_some())
}
