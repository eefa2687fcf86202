//! The operations of a store and their replies.

use std::time::Duration;

use crate::fleet::protocol::{
    name::SharedName,
    record::{Forced, ForcedState, Standing},
    snapshot::{Overview, StoreSnapshot},
    version::Version,
};

/// One process that takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) name: SharedName,
    /// A random number per process: two processes with one instance name have
    /// different ones.
    pub(crate) incarnation: u64,
    /// The name of the executable, to notice two programs with one service name.
    pub(crate) program: String,
}

/// The local trips that open a breaker on all instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quorum {
    /// At least this many instances have tripped.
    pub(crate) instances: u32,
    /// At least this percentage of the live instances has tripped.
    pub(crate) percent: u32,
}

/// The state of one breaker in one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reported {
    Closed,
    /// `evidence` is set if this process tripped by itself, not for the fleet.
    Open {
        remaining: Duration,
        evidence: bool,
    },
    HalfOpen,
}

/// The values of one breaker in one process that operators see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The automatic state, unless it is closed.
    Automatic,
    /// The automatic state, closed as well.
    /// The breaker is not forced here as on the other instances.
    Exception,
    /// What is forced on all instances, which the store has already.
    AsOnAll,
    /// This override.
    Forced(Standing),
}

/// One breaker's state, with the rule by which it may open for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) breaker: SharedName,
    /// The automatic state, even under an override.
    pub(crate) state: Reported,
    pub(crate) shown: Shown,
    /// `None`: the report is shown to operators and has no effect.
    pub(crate) quorum: Option<Quorum>,
}

/// The end of the trial calls of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrialEnd {
    Success,
    Failure {
        /// The next cooldown of all instances.
        cooldown: Duration,
    },
}

/// A forced or released state that an instance remembers from a store that lost
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restored {
    pub(crate) breaker: SharedName,
    /// Whether it was forced on this instance alone.
    pub(crate) is_own: bool,
    pub(crate) forced: Forced,
}

/// One atomic operation on the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Registers the instance, keeps it alive for `alive`, and reads what all
    /// instances share, unless that still has this `digest`.
    Sync {
        instance: Instance,
        alive: Duration,
        digest: String,
    },
    /// Removes the instance.
    Leave { instance: Instance },
    /// Publishes local states.
    /// `number` grows with each report of an instance; an older report is refused.
    Report {
        instance: Instance,
        number: u64,
        reports: Vec<Report>,
    },
    /// Forces a breaker: on one instance, or on all if `on` is `None`.
    Force {
        breaker: SharedName,
        on: Option<SharedName>,
        state: ForcedState,
        lasting: Option<Duration>,
        who: String,
        reason: String,
    },
    /// Releases a forced breaker: on one instance, or on all if `on` is `None`.
    Release {
        breaker: SharedName,
        on: Option<SharedName>,
        who: String,
        reason: String,
    },
    /// Competes for the trial lease.
    Acquire {
        breaker: SharedName,
        instance: SharedName,
        lease: Duration,
    },
    /// Extends the trial lease.
    /// Owner and token must match: a replica that took over may give a token out again.
    Renew {
        breaker: SharedName,
        instance: SharedName,
        token: Version,
        lease: Duration,
    },
    /// Gives the trial lease up without a result.
    Abandon {
        breaker: SharedName,
        instance: SharedName,
        token: Version,
    },
    /// Reports the result of the trial.
    Finish {
        breaker: SharedName,
        instance: SharedName,
        token: Version,
        end: TrialEnd,
    },
    /// Gives a store that lost its data the forced states of before.
    Restore {
        instance: SharedName,
        forced: Vec<Restored>,
    },
    /// Reads everything, for operators.
    Overview,
}

impl Command {
    /// Returns the word for messages and logs.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Sync { .. } => "sync",
            Self::Leave { .. } => "leave",
            Self::Report { .. } => "report",
            Self::Force { .. } => "force",
            Self::Release { .. } => "release",
            Self::Acquire { .. } => "acquire",
            Self::Renew { .. } => "renew",
            Self::Abandon { .. } => "abandon",
            Self::Finish { .. } => "finish",
            Self::Restore { .. } => "restore",
            Self::Overview => "overview",
        }
    }
}

/// The result of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportReply {
    Accepted,
    /// A newer report was there before.
    Stale,
    /// The store has no such instance: it must sync first.
    Unknown,
}

/// The result of the competition for a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeaseReply {
    Granted {
        token: Version,
        remaining: Duration,
    },
    Held {
        owner: SharedName,
        remaining: Duration,
    },
    /// The cooldown has not ended.
    Early {
        remaining: Duration,
    },
    /// The breaker is not open for all.
    NotOpen,
}

/// The reason why an instance takes no command of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// No live instance has this name.
    Unknown,
    /// It runs a version that takes commands to all instances only.
    Earlier,
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Snapshot(StoreSnapshot),
    Report(ReportReply),
    /// The version of the change that the command made.
    Changed(Version),
    /// The command is for an instance that takes none, and changed nothing.
    NotTaken(NotTaken),
    Lease(LeaseReply),
    /// Whether the token was the current one.
    Token(bool),
    Overview(Overview),
    Done,
}
