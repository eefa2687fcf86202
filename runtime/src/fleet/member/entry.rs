//! The entry of one breaker, which a member keeps.

use std::time::Duration;

use crate::fleet::protocol::{OverrideRecord, Shared, SharedName, Version};

/// One breaker, whether this process has it or not.
/// All times are of this process's monotonic clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct BreakerEntry {
    /// What an operator forced on all instances.
    pub(crate) forced: ForcedEntry,
    /// What an operator forced on this instance alone.
    pub(crate) own: ForcedEntry,
    /// Whether the store shows an override of this breaker, or its absence.
    pub(crate) shows_override: bool,
    /// When the override that is shown ends by itself.
    pub(crate) override_until: Option<Duration>,
    pub(crate) shared: Option<SharedEntry>,
    /// The newest change that opened or closed the breaker for all.
    pub(crate) shared_version: Version,
    /// The end of the cooldown that this process's own calls started.
    pub(crate) evidence_until: Duration,
    /// Whether the last event opened the breaker of this process.
    pub(crate) is_open: bool,
}

/// The instances that a command of an operator is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    All,
    /// This one alone.
    Own,
}

/// The newest operator command.
#[derive(Debug, Clone, Default)]
pub(crate) struct ForcedEntry {
    pub(crate) version: Version,
    pub(crate) over: Option<OverrideRecord>,
    pub(crate) until: Option<Duration>,
    /// The store lost this command, and has not confirmed yet that it has it again.
    pub(crate) is_restoring: bool,
}

/// A breaker that is open for all.
#[derive(Debug, Clone)]
pub(crate) struct SharedEntry {
    /// The end of the shared cooldown.
    pub(crate) until: Duration,
    pub(crate) round: u32,
    pub(crate) open: u32,
    pub(crate) live: u32,
    pub(crate) last: Option<SharedName>,
    /// The lease that was seen last.
    pub(crate) lease_token: Version,
    pub(crate) lease_until: Duration,
    /// The end of the local open state.
    pub(crate) hold_until: Duration,
    /// The rejected calls when this cooldown began: more of them show that the
    /// breaker is in use.
    pub(crate) rejected_before: u64,
    /// When this member may compete for the lease.
    pub(crate) attempt_at: Duration,
    pub(crate) is_acquiring: bool,
    /// An operator of this process closed the breaker.
    ///
    /// This member leaves it alone until the next change.
    pub(crate) is_dismissed: bool,
    pub(crate) trial: Option<Trial>,
}

/// The lease of this member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) token: Version,
    /// The end of the lease, not later than the server's.
    pub(crate) expires: Duration,
    pub(crate) renew_at: Duration,
    pub(crate) is_renewing: bool,
    /// The lease is not renewed past this time.
    pub(crate) last_end: Duration,
}

impl BreakerEntry {
    /// Returns whether a fresh entry would serve as well.
    pub(crate) fn is_at_rest(&self, now: Duration) -> bool {
        let was_forced = |known: &ForcedEntry| known.version != Version::default() || known.over.is_some();
        let is_forced = was_forced(&self.forced) || was_forced(&self.own) || self.shows_override;
        self.shared.is_none() && !is_forced && !self.is_open && self.evidence_until <= now
    }

    pub(super) fn layer(&mut self, layer: Layer) -> &mut ForcedEntry {
        match layer {
            Layer::All => &mut self.forced,
            Layer::Own => &mut self.own,
        }
    }

    /// Returns the command that decides.
    ///
    /// The one to this instance, while it lasts.
    pub(super) fn deciding(&self) -> &ForcedEntry {
        if self.own.over.is_some() {
            &self.own
        } else {
            &self.forced
        }
    }
}

impl SharedEntry {
    pub(crate) fn new(now: Duration, shared: &Shared) -> Self {
        let until = now + shared.remaining;
        Self {
            until,
            round: shared.round,
            open: shared.open,
            live: shared.live,
            last: shared.last.clone(),
            lease_token: Version::default(),
            lease_until: Duration::ZERO,
            hold_until: Duration::ZERO,
            rejected_before: 0,
            attempt_at: until,
            is_acquiring: false,
            is_dismissed: false,
            trial: None,
        }
    }
}
