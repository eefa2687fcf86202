//! The meaning of each command, over plain values: the local store, and the
//! reference for the scripts.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use crate::fleet::{
    protocol::{
        Command, Content, Instance, Lease, LeaseReply, Message, NotTaken, OverrideRecord, Overview, Quorum,
        Reply, Report, ReportReply, Reported, Restored, Shared, SharedName, Shown, ShownBreaker,
        ShownInstance, Standing, StoreSnapshot, TrialEnd, Version,
        limits::{
            ABANDONED_AFTER, LONGEST_ALIVE, LONGEST_LEASE, LONGEST_REASON, LONGEST_WHO, RELEASE_MEMORY,
            SHORTEST_LEASE, clamped, millis, shortened,
        },
    },
    store::forced_rows::{ForcedRows, Millis},
};

/// The states of one service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    epoch: Option<u64>,
    sequence: u64,
    program: String,
    /// The server time at which the past was forgotten last.
    forgot_at: Option<Millis>,
    instances: BTreeMap<SharedName, InstanceRow>,
    forced: ForcedRows,
    /// Per instance: what is forced on it alone.
    own: BTreeMap<SharedName, OwnRows>,
    shared: BTreeMap<SharedName, SharedRow>,
    /// Per breaker: the instances that tripped by themselves, and the end of their
    /// cooldowns.
    open: BTreeMap<SharedName, BTreeMap<SharedName, Millis>>,
}

#[derive(Debug, Clone)]
struct InstanceRow {
    incarnation: u64,
    program: String,
    alive_until: Millis,
    report: u64,
    breakers: BTreeMap<SharedName, ShownRow>,
}

/// The states that are forced on one instance.
#[derive(Debug, Clone, Default)]
struct OwnRows {
    forced: ForcedRows,
    /// Without a sign of life, the instance is forgotten then.
    kept_until: Millis,
}

/// The values of one breaker of one instance that operators see.
#[derive(Debug, Clone)]
struct ShownRow {
    state: &'static str,
    is_override: bool,
    until: Option<Millis>,
    author: Option<(String, String)>,
}

#[derive(Debug, Clone, Hash)]
struct SharedRow {
    until: Millis,
    length: Millis,
    round: u32,
    open: u32,
    live: u32,
    last: Option<SharedName>,
    lease: Option<(SharedName, Version, Millis)>,
    version: Version,
}

impl Table {
    /// Runs one command at the given server time.
    /// Returns the reply and the messages to publish.
    pub(crate) fn execute(&mut self, now: Millis, command: &Command) -> (Reply, Vec<Message>) {
        self.epoch.get_or_insert(now);
        let mut messages = Vec::new();
        let reply = match command {
            Command::Sync {
                instance,
                alive,
                digest,
            } => self.sync(now, instance, *alive, digest),
            Command::Leave { instance } => self.leave(instance),
            Command::Report {
                instance,
                number,
                reports,
            } => Reply::Report(self.report(now, instance, *number, reports, &mut messages)),
            Command::Force {
                breaker,
                on,
                state,
                lasting,
                who,
                reason,
            } => {
                let over = OverrideRecord {
                    state: *state,
                    remaining: *lasting,
                    who: who.clone(),
                    reason: reason.clone(),
                };
                self.force(now, (breaker, on.as_ref()), Some(over), &mut messages)
            }
            Command::Release { breaker, on, .. } => {
                self.force(now, (breaker, on.as_ref()), None, &mut messages)
            }
            Command::Acquire {
                breaker,
                instance,
                lease,
            } => Reply::Lease(self.acquire(now, breaker, instance, *lease, &mut messages)),
            Command::Renew {
                breaker,
                instance,
                token,
                lease,
            } => self.renew(now, breaker, (instance, *token), *lease, &mut messages),
            Command::Abandon {
                breaker,
                instance,
                token,
            } => self.abandon(breaker, (instance, *token), &mut messages),
            Command::Finish {
                breaker,
                instance,
                token,
                end,
            } => self.finish(now, breaker, (instance, *token), *end, &mut messages),
            Command::Restore { instance, forced } => self.restore(now, instance, forced, &mut messages),
            Command::Overview => self.overview(now),
        };
        (reply, messages)
    }

    fn version(&self) -> Version {
        Version::new(self.epoch.unwrap_or(0), self.sequence)
    }

    fn next_version(&mut self) -> Version {
        self.sequence += 1;
        self.version()
    }

    fn sync(&mut self, now: Millis, instance: &Instance, alive: Duration, digest: &str) -> Reply {
        self.forget_the_past(now);
        if self.instances.is_empty() {
            self.program.clone_from(&instance.program);
        }
        let fresh = || InstanceRow {
            incarnation: instance.incarnation,
            program: instance.program.clone(),
            alive_until: 0,
            report: 0,
            breakers: BTreeMap::new(),
        };
        let row = self.instances.entry(instance.name.clone()).or_insert_with(fresh);
        let replaced = row.incarnation != instance.incarnation;
        if replaced {
            *row = fresh();
        }
        row.alive_until = now + millis(alive.min(LONGEST_ALIVE));
        let epoch = self.version().epoch;
        if let Some(own) = self.own.get_mut(&instance.name) {
            own.kept_until = now + millis(RELEASE_MEMORY);
            own.forced.end_before(&self.forced, epoch);
        }
        let newest = self.digest(&instance.name);
        Reply::Snapshot(StoreSnapshot {
            version: self.version(),
            live: count(self.instances.len()),
            program: self.program.clone(),
            replaced,
            content: (newest != digest).then(|| self.content(now, Some(&instance.name))),
            digest: newest,
        })
    }

    fn leave(&mut self, instance: &Instance) -> Reply {
        if self
            .instances
            .get(&instance.name)
            .is_some_and(|row| row.incarnation == instance.incarnation)
        {
            self.instances.remove(&instance.name);
        }
        Reply::Done
    }

    fn report(
        &mut self,
        now: Millis,
        instance: &Instance,
        number: u64,
        reports: &[Report],
        messages: &mut Vec<Message>,
    ) -> ReportReply {
        self.forget_the_past(now);
        match self.instances.get_mut(&instance.name) {
            Some(row) if row.incarnation == instance.incarnation => {
                if row.report >= number {
                    return ReportReply::Stale;
                }
                row.report = number;
            }
            _ => return ReportReply::Unknown,
        }
        for report in reports {
            self.report_one(now, &instance.name, report);
            if let (
                Some(quorum),
                Reported::Open {
                    evidence: true,
                    remaining,
                },
            ) = (report.quorum, report.state)
            {
                messages.extend(self.open_for_all(now, &report.breaker, quorum, remaining));
            }
        }
        ReportReply::Accepted
    }

    fn report_one(&mut self, now: Millis, instance: &SharedName, report: &Report) {
        let breakers = &mut self
            .instances
            .get_mut(instance)
            .expect("checked by report")
            .breakers;
        match ShownRow::new(now, report) {
            None => drop(breakers.remove(&report.breaker)),
            Some(row) => drop(breakers.insert(report.breaker.clone(), row)),
        }
        let until = match report.state {
            Reported::Open { remaining, .. } => now + millis(remaining),
            Reported::Closed | Reported::HalfOpen => now,
        };
        let open = self.open.entry(report.breaker.clone()).or_default();
        match report.state {
            Reported::Open { evidence: true, .. } if until > now => {
                open.insert(instance.clone(), until);
            }
            _ => {
                open.remove(instance);
            }
        }
        if open.is_empty() {
            self.open.remove(&report.breaker);
        }
    }

    /// Opens the breaker on all instances if the quorum has tripped and no trial
    /// runs. The cooldown is that of the instance that completes the quorum.
    fn open_for_all(
        &mut self,
        now: Millis,
        breaker: &SharedName,
        quorum: Quorum,
        cooldown: Duration,
    ) -> Option<Message> {
        let open = self.open.get(breaker)?;
        let tripped = open
            .iter()
            .filter(|(name, until)| **until > now && self.instances.contains_key(*name));
        let (open, live) = (count(tripped.count()), count(self.instances.len()));
        if cooldown.is_zero()
            || open < quorum.instances
            || u64::from(open) * 100 < u64::from(quorum.percent) * u64::from(live)
        {
            return None;
        }
        let round = match self.shared.get(breaker) {
            Some(row) if row.until > now || row.is_leased(now) => return None,
            known => known.map_or(0, |row| row.round),
        };
        let version = self.next_version();
        let length = millis(cooldown);
        let row = SharedRow {
            until: now + length,
            length,
            round,
            open,
            live,
            last: None,
            lease: None,
            version,
        };
        let shared = row.at(now);
        self.shared.insert(breaker.clone(), row);
        Some(Message::Opened {
            breaker: breaker.clone(),
            shared,
        })
    }

    fn force(
        &mut self,
        now: Millis,
        (breaker, on): (&SharedName, Option<&SharedName>),
        over: Option<OverrideRecord>,
        messages: &mut Vec<Message>,
    ) -> Reply {
        if let Some(instance) = on {
            self.forget_the_past(now);
            if !self.instances.contains_key(instance) {
                return Reply::NotTaken(NotTaken::Unknown);
            }
        }
        let version = self.next_version();
        let rows = self.rows(now, on);
        messages.extend(
            rows.set(now, breaker, over, version)
                .map(|forced| Message::Forced {
                    breaker: breaker.clone(),
                    on: on.cloned(),
                    forced,
                }),
        );
        Reply::Changed(version)
    }

    /// Returns what is forced on one instance, or on all.
    fn rows(&mut self, now: Millis, on: Option<&SharedName>) -> &mut ForcedRows {
        let Some(instance) = on else {
            return &mut self.forced;
        };
        let own = self.own.entry(instance.clone()).or_default();
        own.kept_until = now + millis(RELEASE_MEMORY);
        &mut own.forced
    }

    fn acquire(
        &mut self,
        now: Millis,
        breaker: &SharedName,
        instance: &SharedName,
        lease: Duration,
        messages: &mut Vec<Message>,
    ) -> LeaseReply {
        let Some(row) = self.shared.get(breaker) else {
            return LeaseReply::NotOpen;
        };
        if row.until > now {
            return LeaseReply::Early {
                remaining: clamped((row.until - now).min(row.length)),
            };
        }
        if let Some((owner, token, until)) = row.lease.clone().filter(|(_, _, until)| is_lasting(now, *until))
        {
            let remaining = clamped(until - now);
            // The same instance competes again if the reply was lost.
            return if owner == *instance {
                LeaseReply::Granted { token, remaining }
            } else {
                LeaseReply::Held { owner, remaining }
            };
        }
        let token = self.next_version();
        self.set_lease(now, breaker, (instance.clone(), token), lease, messages);
        LeaseReply::Granted {
            token,
            remaining: bounded(lease),
        }
    }

    fn renew(
        &mut self,
        now: Millis,
        breaker: &SharedName,
        (instance, token): (&SharedName, Version),
        lease: Duration,
        messages: &mut Vec<Message>,
    ) -> Reply {
        let current = self.shared.get(breaker).and_then(|row| row.lease.clone());
        let is_held = |(owner, known, until): &(SharedName, Version, Millis)| {
            owner == instance && *known == token && is_lasting(now, *until)
        };
        let Some((owner, ..)) = current.filter(is_held) else {
            return Reply::Token(false);
        };
        self.set_lease(now, breaker, (owner, token), lease, messages);
        Reply::Token(true)
    }

    fn set_lease(
        &mut self,
        now: Millis,
        breaker: &SharedName,
        (owner, token): (SharedName, Version),
        lease: Duration,
        messages: &mut Vec<Message>,
    ) {
        let remaining = bounded(lease);
        let row = self.shared.get_mut(breaker).expect("checked by the caller");
        row.lease = Some((owner.clone(), token, now + millis(remaining)));
        messages.push(Message::Trial {
            breaker: breaker.clone(),
            lease: Lease {
                owner,
                token,
                remaining,
            },
        });
    }

    fn abandon(
        &mut self,
        breaker: &SharedName,
        (instance, token): (&SharedName, Version),
        messages: &mut Vec<Message>,
    ) -> Reply {
        let Some(owner) = self.take_lease(breaker, instance, token) else {
            return Reply::Token(false);
        };
        let lease = Lease {
            owner,
            token,
            remaining: Duration::ZERO,
        };
        messages.push(Message::Trial {
            breaker: breaker.clone(),
            lease,
        });
        Reply::Token(true)
    }

    fn finish(
        &mut self,
        now: Millis,
        breaker: &SharedName,
        (instance, token): (&SharedName, Version),
        end: TrialEnd,
        messages: &mut Vec<Message>,
    ) -> Reply {
        // An expired lease that no other instance took since still decides.
        if self.take_lease(breaker, instance, token).is_none() {
            return Reply::Token(false);
        }
        let version = self.next_version();
        match end {
            TrialEnd::Success => {
                self.shared.remove(breaker);
                self.open.remove(breaker);
                messages.push(Message::Closed {
                    breaker: breaker.clone(),
                    version,
                });
            }
            TrialEnd::Failure { cooldown } => {
                let row = self.shared.get_mut(breaker).expect("it had a lease");
                row.length = millis(cooldown);
                row.until = now + row.length;
                row.round = row.round.saturating_add(1);
                row.last = Some(instance.clone());
                row.version = version;
                messages.push(Message::Opened {
                    breaker: breaker.clone(),
                    shared: row.at(now),
                });
            }
        }
        Reply::Token(true)
    }

    fn take_lease(
        &mut self,
        breaker: &SharedName,
        instance: &SharedName,
        token: Version,
    ) -> Option<SharedName> {
        let lease = &mut self.shared.get_mut(breaker)?.lease;
        lease
            .take_if(|(owner, known, _)| owner == instance && *known == token)
            .map(|(owner, ..)| owner)
    }

    fn restore(
        &mut self,
        now: Millis,
        instance: &SharedName,
        offers: &[Restored],
        messages: &mut Vec<Message>,
    ) -> Reply {
        let before = self.version();
        for offer in offers {
            let on = offer.is_own.then_some(instance);
            let version = offer.forced.version;
            let is_lost = version.epoch != before.epoch || version.sequence > before.sequence;
            let known = self.rows(now, on).lasting(now, &offer.breaker);
            let is_newer = known
                .is_none_or(|known| known.epoch != before.epoch && version.is_newer(known, before.epoch));
            if !is_lost || !is_newer {
                continue;
            }
            if version.epoch == before.epoch {
                self.sequence = self.sequence.max(version.sequence);
            }
            let record = self
                .rows(now, on)
                .set(now, &offer.breaker, offer.forced.over.clone(), version);
            messages.extend(record.map(|forced| Message::Forced {
                breaker: offer.breaker.clone(),
                on: on.cloned(),
                forced,
            }));
        }
        Reply::Done
    }

    fn overview(&mut self, now: Millis) -> Reply {
        self.forget_the_past(now);
        let view = |(name, row): (&SharedName, &InstanceRow)| ShownInstance {
            name: name.clone(),
            program: row.program.clone(),
            alive: clamped(row.alive_until.saturating_sub(now)),
            is_addressable: true,
            breakers: row
                .breakers
                .iter()
                .filter_map(|(breaker, row)| row.view(now, breaker))
                .collect(),
        };
        let instances = self.instances.iter().map(view).collect();
        Reply::Overview(Overview {
            instances,
            content: self.content(now, None),
        })
    }

    fn forget_the_past(&mut self, now: Millis) {
        // Nothing ends within a millisecond, and a large fleet sends thousands of reports a second.
        if self.forgot_at.replace(now) == Some(now) {
            return;
        }
        self.instances
            .retain(|_, row| row.alive_until > now && row.alive_until <= now + millis(LONGEST_ALIVE));
        self.forced.forget_the_past(now);
        self.own.retain(|_, own| {
            own.forced.forget_the_past(now);
            own.kept_until > now
        });
        // Once the server's clock was set back, nothing lasts longer than its full length from now.
        for row in self.shared.values_mut() {
            row.until = row.until.min(now + row.length);
        }
        self.shared
            .retain(|_, row| row.is_leased(now) || row.until + millis(ABANDONED_AFTER) > now);
        self.open.retain(|_, open| {
            open.retain(|_, until| *until > now);
            !open.is_empty()
        });
    }

    /// Returns what all instances share, with what is forced on one of them.
    fn content(&self, now: Millis, instance: Option<&SharedName>) -> Content {
        let own = instance.and_then(|instance| self.own.get(instance));
        let shared = self.shared.iter().map(|(name, row)| (name.clone(), row.at(now)));
        Content {
            forced: self.forced.content(now),
            own: own.map(|own| own.forced.content(now)).unwrap_or_default(),
            shared: shared.collect(),
        }
    }

    fn digest(&self, instance: &SharedName) -> String {
        let own = self.own.get(instance).map(|own| &own.forced);
        let mut hasher = DefaultHasher::new();
        (self.epoch, &self.forced, own, &self.shared).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

impl ShownRow {
    /// Makes the row of a report. `None` if there is nothing to show.
    fn new(now: Millis, report: &Report) -> Option<Self> {
        let automatic = Self {
            state: word(report.state),
            is_override: false,
            until: Some(match report.state {
                Reported::Open { remaining, .. } => now + millis(remaining),
                Reported::Closed | Reported::HalfOpen => now,
            }),
            author: None,
        };
        match &report.shown {
            Shown::Automatic if report.state == Reported::Closed => None,
            Shown::Automatic | Shown::Exception => Some(automatic),
            Shown::AsOnAll => None,
            Shown::Forced(standing) => Some(Self::forced(now, standing)),
        }
    }

    fn forced(now: Millis, standing: &Standing) -> Self {
        let author = || {
            let who = shortened(&standing.who, LONGEST_WHO);
            (who, shortened(&standing.reason, LONGEST_REASON))
        };
        Self {
            state: standing.state.as_str(),
            is_override: true,
            until: standing.remaining.map(|remaining| now + millis(remaining)),
            author: (!standing.who.is_empty()).then(author),
        }
    }

    /// Returns what operators see. `None` if an override has ended.
    fn view(&self, now: Millis, breaker: &SharedName) -> Option<ShownBreaker> {
        let is_over = self.is_override && self.until.is_some_and(|until| until <= now);
        (!is_over).then(|| ShownBreaker {
            breaker: breaker.clone(),
            state: self.state.to_owned(),
            remaining: self.until.map(|until| clamped(until.saturating_sub(now))),
            author: self.author.clone(),
        })
    }
}

impl SharedRow {
    fn is_leased(&self, now: Millis) -> bool {
        self.lease
            .as_ref()
            .is_some_and(|(_, _, until)| is_lasting(now, *until))
    }

    fn at(&self, now: Millis) -> Shared {
        let lease = self.lease.clone().filter(|_| self.is_leased(now));
        Shared {
            remaining: clamped(self.until.saturating_sub(now).min(self.length)),
            round: self.round,
            open: self.open,
            live: self.live,
            last: self.last.clone(),
            lease: lease.map(|(owner, token, until)| Lease {
                owner,
                token,
                remaining: clamped(until - now),
            }),
            version: self.version,
        }
    }
}

fn word(state: Reported) -> &'static str {
    match state {
        Reported::Closed => "closed",
        Reported::Open { .. } => "open",
        Reported::HalfOpen => "half_open",
    }
}

/// Returns whether a lease lasts. One that seems to last longer than any may is
/// from before the clock was set back.
fn is_lasting(now: Millis, until: Millis) -> bool {
    until > now && until <= now + millis(LONGEST_LEASE)
}

fn bounded(lease: Duration) -> Duration {
    lease.clamp(SHORTEST_LEASE, LONGEST_LEASE)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
