//! The member: replies and messages in, commands out, with snapshots in
//! between.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use crate::fleet::{
    member::{
        Breakers, ChangedBy, FleetWarning, Input, LocalEvent, Output, Request, Timing,
        entry::{BreakerEntry, Layer},
    },
    protocol::{Command, Content, Instance, Message, Reply, Service, SharedName, StoreSnapshot, Version},
    store::{StoreError, StoreEvent},
};

/// The most breakers that a member remembers; the store is input and may hold
/// more.
const MOST_ENTRIES: usize = 100_000;

/// How many breakers a member remembers before it forgets those at rest.
const ENTRIES_AT_REST: usize = 1024;

/// The most different refusals of one connection that are logged.
const MOST_REFUSALS: usize = 16;

/// How many consecutive snapshots may time out before the store counts as gone.
/// Its connection may be alive, and PING be answered.
const SYNCS_MISSED: u32 = 2;

/// The pause between two warnings about another process with the same name.
const TWIN_WARNINGS: Duration = Duration::from_secs(300);

/// One process's part in a fleet.
///
/// Every method takes the time as a parameter, so that a test may run a day in a second.
#[derive(Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, one for each command or warning"
)]
pub(crate) struct Member {
    pub(super) service: Service,
    pub(super) instance: Instance,
    pub(super) timing: Timing,
    pub(super) link: LinkState,
    /// The store's epoch and the newest change that this member received.
    pub(super) known: Option<Version>,
    digest: String,
    pub(super) entries: BTreeMap<SharedName, BreakerEntry>,
    /// With this many entries, those at rest are forgotten.
    forget_at: usize,
    /// The entries that the present input may have changed.
    touched: Vec<SharedName>,
    /// No forced state ends before this time.
    pub(super) forced_at: Duration,
    /// No shown override ends before this time.
    pub(super) override_at: Duration,
    /// No shared state needs a step before this time.
    pub(super) shared_at: Duration,
    pub(super) pending: HashMap<Request, Pending>,
    next_request: u64,
    next_sync: Duration,
    is_syncing: bool,
    sync_again: bool,
    syncs_missed: u32,
    has_joined: bool,
    synced_at: Option<Duration>,
    live: u32,
    /// Breakers whose state the store may not have.
    pub(super) dirty: BTreeSet<SharedName>,
    pub(super) is_reporting: bool,
    pub(super) report_number: u64,
    pub(super) report_at: Duration,
    pub(super) is_restoring: bool,
    has_warned_of_program: bool,
    twin_warning_at: Duration,
    /// What the store has refused on this connection.
    refusals: HashSet<String>,
    ignored: u64,
}

/// The progress of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkState {
    Down,
    /// Connected; the store does not have this instance yet.
    Up,
    /// The store has this instance, and this member has a snapshot.
    Registered,
}

/// The command that a reply belongs to.
#[derive(Debug)]
pub(super) enum Pending {
    /// The newest change known when the snapshot was requested.
    Sync {
        known: Option<Version>,
    },
    Report(Vec<SharedName>),
    Acquire {
        breaker: SharedName,
        sent: Duration,
    },
    Renew {
        breaker: SharedName,
        token: Version,
        sent: Duration,
    },
    Finish,
    Restore(Vec<(SharedName, Layer)>),
    Other,
}

/// One input being handled.
pub(super) struct Turn<'a> {
    pub(super) now: Duration,
    pub(super) breakers: &'a dyn Breakers,
    pub(super) outputs: Vec<Output>,
}

impl Member {
    pub(crate) fn new(service: Service, instance: Instance, timing: Timing) -> Self {
        Self {
            service,
            instance,
            timing,
            link: LinkState::Down,
            known: None,
            digest: String::new(),
            entries: BTreeMap::new(),
            forget_at: ENTRIES_AT_REST,
            touched: Vec::new(),
            forced_at: Duration::MAX,
            override_at: Duration::MAX,
            shared_at: Duration::MAX,
            pending: HashMap::new(),
            next_request: 0,
            next_sync: Duration::ZERO,
            is_syncing: false,
            sync_again: false,
            syncs_missed: 0,
            has_joined: false,
            synced_at: None,
            live: 0,
            dirty: BTreeSet::new(),
            is_reporting: false,
            report_number: 0,
            report_at: Duration::ZERO,
            is_restoring: false,
            has_warned_of_program: false,
            twin_warning_at: Duration::ZERO,
            refusals: HashSet::new(),
            ignored: 0,
        }
    }

    /// Handles one input at the given time of this process's monotonic clock.
    /// Acts on breakers at once and returns what else is to be done.
    pub(crate) fn handle(&mut self, now: Duration, input: Input, breakers: &dyn Breakers) -> Vec<Output> {
        let mut turn = Turn {
            now,
            breakers,
            outputs: Vec::new(),
        };
        match input {
            Input::Store(event) => self.on_store(&mut turn, event),
            Input::Reply(request, reply) => self.on_reply(&mut turn, request, reply),
            Input::Local(breaker, event) => self.on_local(&mut turn, &breaker, event),
            Input::Wake => {}
        }
        self.bound_timers();
        self.run_timers(&mut turn);
        self.bound_timers();
        turn.outputs
    }

    /// Returns when the member must be woken without another input.
    pub(crate) fn next_wake(&self) -> Duration {
        let mut next = self.forced_at.min(self.override_at);
        if self.link != LinkState::Down {
            next = next.min(self.next_sync);
        }
        if self.link == LinkState::Registered {
            next = next.min(self.next_report()).min(self.shared_at);
        }
        next
    }

    /// Returns whether the store answers.
    pub(crate) fn is_up(&self) -> bool {
        self.link == LinkState::Registered
    }

    /// Returns when the last snapshot arrived.
    pub(crate) fn synced_at(&self) -> Option<Duration> {
        self.synced_at
    }

    pub(crate) fn service(&self) -> &str {
        self.service.as_str()
    }

    pub(crate) fn instance(&self) -> &str {
        &self.instance.name
    }

    /// Returns how many instances of the service are alive, as of the last
    /// snapshot.
    pub(crate) fn live(&self) -> u32 {
        self.live
    }

    /// Returns how many messages could not be read.
    pub(crate) fn ignored(&self) -> u64 {
        self.ignored
    }

    /// Returns how many breakers this member remembers.
    #[cfg(test)]
    pub(crate) fn remembered(&self) -> usize {
        self.entries.len()
    }

    /// Returns the command with which this instance leaves.
    pub(crate) fn leave(&self) -> Command {
        Command::Leave {
            instance: self.instance.clone(),
        }
    }

    fn on_store(&mut self, turn: &mut Turn<'_>, event: StoreEvent) {
        match event {
            StoreEvent::Up => {
                self.link = LinkState::Up;
                self.is_syncing = false;
                self.syncs_missed = 0;
                self.refusals.clear();
                self.refresh(turn);
            }
            StoreEvent::Down(error) => {
                let is_known = self.link == LinkState::Up && self.syncs_missed >= SYNCS_MISSED;
                if (self.link != LinkState::Down && !is_known) || !self.has_joined {
                    turn.outputs.push(Output::Warn(FleetWarning::StoreDown(error)));
                }
                self.link = LinkState::Down;
                self.forget_trials();
            }
            StoreEvent::Message(message) => self.on_message(turn, message),
            StoreEvent::Missed => self.refresh(turn),
            StoreEvent::Ignored => {
                if self.ignored == 0 {
                    turn.outputs.push(Output::Warn(FleetWarning::Ignored));
                }
                self.ignored += 1;
            }
        }
    }

    fn on_message(&mut self, turn: &mut Turn<'_>, message: Message) {
        let version = message.version();
        let is_restored = matches!(message, Message::Forced { .. });
        let is_for_another =
            matches!(&message, Message::Forced { on: Some(instance), .. } if *instance != self.instance.name);
        match self.known {
            // Another epoch: the store lost its data, or an old operator state was restored.
            Some(known) if known.epoch != version.epoch => {
                self.refresh(turn);
                if !is_restored {
                    return;
                }
            }
            Some(known) => self.known = Some(known.max(version)),
            None => self.known = Some(version),
        }
        if is_for_another {
            return;
        }
        self.digest.clear();
        let breaker = message.breaker().clone();
        if !self.has_room(&breaker) {
            return;
        }
        match message {
            Message::Forced { on, forced, .. } => {
                let layer = if on.is_some() { Layer::Own } else { Layer::All };
                self.on_forced(turn, &breaker, layer, forced);
            }
            Message::Opened { shared, .. } => self.on_opened(turn, &breaker, &shared),
            Message::Closed { version, .. } => self.on_closed(turn, &breaker, version),
            Message::Trial { lease, .. } => self.on_lease(turn, &breaker, &lease),
        }
    }

    fn on_reply(&mut self, turn: &mut Turn<'_>, request: Request, reply: Result<Reply, StoreError>) {
        let Some(pending) = self.pending.remove(&request) else {
            return;
        };
        if let Err(error) = &reply {
            self.warn_of_refusal(turn, error);
        }
        match (pending, reply) {
            (Pending::Sync { known }, Ok(Reply::Snapshot(snapshot))) => {
                self.is_syncing = false;
                self.on_snapshot(turn, known, snapshot);
                if std::mem::take(&mut self.sync_again) {
                    self.refresh(turn);
                }
            }
            (Pending::Sync { .. }, reply) => self.on_sync_failed(turn, reply.err()),
            (Pending::Report(breakers), Ok(Reply::Report(reply))) => {
                self.on_reported(turn, breakers, Some(reply));
            }
            (Pending::Report(breakers), _) => self.on_reported(turn, breakers, None),
            (Pending::Acquire { breaker, sent }, reply) => {
                let reply = match reply {
                    Ok(Reply::Lease(reply)) => Some(reply),
                    _ => None,
                };
                self.on_acquired(turn, &breaker, sent, reply.as_ref());
            }
            (Pending::Renew { breaker, token, sent }, reply) => {
                let is_renewed = match reply {
                    Ok(Reply::Token(is_renewed)) => Some(is_renewed),
                    _ => None,
                };
                self.on_renewed(turn, &breaker, (token, sent), is_renewed);
            }
            (Pending::Finish, Ok(Reply::Token(true))) | (Pending::Other, _) => {}
            (Pending::Finish, _) => self.refresh(turn),
            (Pending::Restore(breakers), reply) => self.on_restored(turn, &breakers, reply.is_ok()),
        }
    }

    /// Notes that no snapshot came, though the connection may be alive: the server
    /// refuses the command, or computes for too long.
    fn on_sync_failed(&mut self, turn: &mut Turn<'_>, error: Option<StoreError>) {
        self.is_syncing = false;
        self.next_sync = turn.now + self.timing.retry;
        self.syncs_missed = match error {
            // The end of the connection follows, or has been handled.
            Some(StoreError::Unreachable { .. }) => return,
            Some(StoreError::Timeout { .. }) => self.syncs_missed.saturating_add(1),
            _ => SYNCS_MISSED,
        };
        if self.link != LinkState::Registered || self.syncs_missed < SYNCS_MISSED {
            return;
        }
        self.link = LinkState::Up;
        self.forget_trials();
        if let Some(error @ StoreError::Timeout { .. }) = error {
            turn.outputs.push(Output::Warn(FleetWarning::StoreDown(error)));
        }
    }

    /// Logs each refusal once per connection. The command is tried again.
    fn warn_of_refusal(&mut self, turn: &mut Turn<'_>, error: &StoreError) {
        let is_refusal = !matches!(error, StoreError::Unreachable { .. } | StoreError::Timeout { .. });
        if is_refusal && self.refusals.len() < MOST_REFUSALS && self.refusals.insert(error.to_string()) {
            turn.outputs
                .push(Output::Warn(FleetWarning::StoreDown(error.clone())));
        }
    }

    fn on_local(&mut self, turn: &mut Turn<'_>, breaker: &SharedName, event: LocalEvent) {
        if !self.has_room(breaker) {
            return;
        }
        match event {
            // Without an entry, the fleet has never named this breaker.
            LocalEvent::Appeared if !self.entries.contains_key(breaker) => {}
            LocalEvent::Appeared => {
                self.apply_forced(turn, breaker);
                self.apply_shared(turn, breaker);
            }
            LocalEvent::Opened { remaining, cause } => {
                let entry = self.entry(breaker);
                entry.is_open = true;
                if cause == ChangedBy::Calls {
                    entry.evidence_until = turn.now + remaining;
                    self.on_trial_failed(turn, breaker, remaining);
                }
                self.dirty.insert(breaker.clone());
            }
            LocalEvent::HalfOpened => {
                self.entry(breaker).is_open = true;
                self.dirty.insert(breaker.clone());
            }
            LocalEvent::Closed { cause } => {
                let entry = self.entry(breaker);
                entry.is_open = false;
                entry.evidence_until = Duration::ZERO;
                match cause {
                    ChangedBy::Calls => self.on_trial_succeeded(turn, breaker),
                    ChangedBy::Operator => self.on_dismissed(turn, breaker),
                    ChangedBy::Fleet => {}
                }
                self.dirty.insert(breaker.clone());
            }
            LocalEvent::Overridden => self.on_overridden(turn, breaker),
        }
    }

    fn on_snapshot(&mut self, turn: &mut Turn<'_>, requested: Option<Version>, snapshot: StoreSnapshot) {
        let version = snapshot.version;
        // A store that lost its data has another epoch; one that lost its newest changes has gone
        // back.
        let is_lost = requested.is_some_and(|known| known.epoch != version.epoch || known > version);
        let was_registered = self.link == LinkState::Registered;
        self.link = LinkState::Registered;
        self.syncs_missed = 0;
        self.synced_at = Some(turn.now);
        self.live = snapshot.live;
        self.known = Some(match self.known {
            Some(known) if !is_lost && known.epoch == version.epoch => known.max(version),
            _ => version,
        });
        self.warn_of_twins(turn, &snapshot);
        let is_first = !std::mem::replace(&mut self.has_joined, true);
        if is_lost {
            self.mark_lost(turn, version);
        }
        // Without content, the digest is still the one that was sent, unless a message cleared it
        // meanwhile.
        if let Some(content) = snapshot.content {
            self.apply(turn, version, content, (is_first, is_lost));
            if self.known == Some(version) {
                self.digest = snapshot.digest;
            }
        }
        self.restore(turn);
        if is_lost || !was_registered {
            let shown = |entry: &BreakerEntry| entry.is_open || entry.shows_override;
            let open = self.entries.iter().filter(|(_, entry)| shown(entry));
            self.dirty.extend(open.map(|(name, _)| name.clone()));
            self.report_at = turn.now;
        }
    }

    /// Replaces all records, except those that are newer than the snapshot.
    fn apply(
        &mut self,
        turn: &mut Turn<'_>,
        version: Version,
        content: Content,
        (is_first, is_lost): (bool, bool),
    ) {
        let mut forced: BTreeMap<SharedName, _> = content.forced.into_iter().collect();
        let mut own: BTreeMap<SharedName, _> = content.own.into_iter().collect();
        let mut shared: BTreeMap<SharedName, _> = content.shared.into_iter().collect();
        let mut names: BTreeSet<SharedName> = self.entries.keys().cloned().collect();
        names.extend(forced.keys().chain(own.keys()).chain(shared.keys()).cloned());
        let is_newer = |known: Version| !is_lost && known.epoch == version.epoch && known > version;
        for name in names {
            if !self.has_room(&name) {
                continue;
            }
            if !is_newer(self.entry(&name).forced.version) {
                self.on_forced_snapshot(turn, (&name, Layer::All), forced.remove(&name), is_first);
            }
            if !is_newer(self.entry(&name).own.version) {
                self.on_forced_snapshot(turn, (&name, Layer::Own), own.remove(&name), is_first);
            }
            if !is_newer(self.entry(&name).shared_version) {
                self.on_shared_snapshot(turn, &name, shared.remove(&name), is_lost);
            }
        }
    }

    fn warn_of_twins(&mut self, turn: &mut Turn<'_>, snapshot: &StoreSnapshot) {
        if snapshot.replaced && self.has_joined && turn.now >= self.twin_warning_at {
            self.twin_warning_at = turn.now + TWIN_WARNINGS;
            let name = self.instance.name.to_string();
            turn.outputs.push(Output::Warn(FleetWarning::Duplicate(name)));
        }
        if snapshot.program != self.instance.program && !self.has_warned_of_program {
            self.has_warned_of_program = true;
            let (service, other) = (self.service.to_string(), snapshot.program.clone());
            turn.outputs
                .push(Output::Warn(FleetWarning::Program { service, other }));
        }
    }

    fn run_timers(&mut self, turn: &mut Turn<'_>) {
        self.forget_at_rest(turn.now);
        self.end_forced(turn);
        self.end_overrides(turn.now);
        if self.link != LinkState::Down && turn.now >= self.next_sync {
            self.sync(turn);
        }
        if self.link == LinkState::Registered {
            self.run_shared(turn);
            self.flush_reports(turn);
        }
    }

    /// Requests a full snapshot now, or after the one that is on its way.
    pub(super) fn refresh(&mut self, turn: &mut Turn<'_>) {
        self.digest.clear();
        if self.is_syncing {
            self.sync_again = true;
        } else {
            self.sync(turn);
        }
    }

    fn sync(&mut self, turn: &mut Turn<'_>) {
        self.next_sync = turn.now + self.timing.heartbeat;
        if self.is_syncing || self.link == LinkState::Down {
            return;
        }
        self.is_syncing = true;
        let command = Command::Sync {
            instance: self.instance.clone(),
            alive: self.timing.alive,
            digest: self.digest.clone(),
        };
        self.send(turn, Pending::Sync { known: self.known }, command);
    }

    pub(super) fn send(&mut self, turn: &mut Turn<'_>, pending: Pending, command: Command) {
        self.next_request += 1;
        let request = Request(self.next_request);
        self.pending.insert(request, pending);
        turn.outputs.push(Output::Send(request, command));
    }

    /// Forgets breakers that are closed and that the store does not name.
    ///
    /// A service with a breaker per user makes and evicts any number of them. Each time, at least
    /// as many entries are new as were kept the last time, so that an entry costs little.
    fn forget_at_rest(&mut self, now: Duration) {
        if self.entries.len() < self.forget_at {
            return;
        }
        let dirty = &self.dirty;
        self.entries
            .retain(|name, entry| !entry.is_at_rest(now) || dirty.contains(name));
        self.forget_at = (self.entries.len() * 2).clamp(ENTRIES_AT_REST, MOST_ENTRIES);
    }

    /// Returns the entry, to change it.
    pub(super) fn entry(&mut self, breaker: &SharedName) -> &mut BreakerEntry {
        if self.touched.last() != Some(breaker) {
            self.touched.push(breaker.clone());
        }
        self.entries.entry(breaker.clone()).or_default()
    }

    /// Moves the next look at the timers forward to those of the changed entries.
    ///
    /// So a message about one of a thousand breakers costs no look at the other ones.
    fn bound_timers(&mut self) {
        for breaker in std::mem::take(&mut self.touched) {
            let Some(entry) = self.entries.get(&breaker) else {
                continue;
            };
            for until in [entry.forced.until, entry.own.until].into_iter().flatten() {
                self.forced_at = self.forced_at.min(until);
            }
            if let Some(until) = entry.override_until {
                self.override_at = self.override_at.min(until);
            }
            if let Some(shared) = &entry.shared {
                self.shared_at = self.shared_at.min(self.next_step(shared));
            }
        }
    }

    fn has_room(&self, breaker: &SharedName) -> bool {
        self.entries.len() < MOST_ENTRIES || self.entries.contains_key(breaker)
    }
}
