//! The recording of the run. All times are from its start.

use std::{ops::Range, time::Duration};

use fusebox::State;

use crate::cluster::faults;

/// The calls, changes and edits of the run.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) calls: Vec<Call>,
    pub(crate) changes: Vec<Change>,
    pub(crate) edits: Vec<Edit>,
    /// Whether the given settings file is as it was.
    pub(crate) is_config_untouched: bool,
    /// The queries that reached each shard.
    pub(crate) queries: Vec<u32>,
}

/// One call of the annotated function.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// When it was due.
    pub(crate) due: Duration,
    /// When it started.
    pub(crate) at: Duration,
    pub(crate) shard: usize,
    pub(crate) answer: Answer,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Answered,
    Failed,
    TimedOut,
    Rejected,
}

/// The breaker of a shard changed its state.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) at: Duration,
    pub(crate) shard: usize,
    pub(crate) to: State,
}

/// The program edited the settings.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) text: &'static str,
    pub(crate) at: Duration,
    /// When the settings were in force, or the mistake was reported.
    ///
    /// `None`: not within two seconds.
    pub(crate) noticed: Option<Duration>,
}

/// The fault of a shard, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Healthy,
    Failing,
    /// Forced open by the settings.
    Maintained,
}

/// The shard that the settings force open.
pub(crate) const MAINTAINED: usize = 11;

impl Role {
    pub(crate) fn of(shard: usize) -> Self {
        if shard == MAINTAINED {
            Self::Maintained
        } else if faults().iter().any(|fault| fault.shard == shard) {
            Self::Failing
        } else {
            Self::Healthy
        }
    }
}

impl Recording {
    /// The calls of the shards with this role.
    pub(crate) fn calls_of(&self, role: Role) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| Role::of(call.shard) == role)
    }

    /// The states of a shard's breaker until `end`, without gaps.
    pub(crate) fn bands(&self, shard: usize, end: Duration) -> Vec<(Range<Duration>, State)> {
        let mut bands = Vec::new();
        let (mut from, mut state) = (Duration::ZERO, State::Closed);
        for change in self.changes.iter().filter(|change| change.shard == shard) {
            bands.push((from..change.at, state));
            (from, state) = (change.at, change.to);
        }
        bands.push((from..end, state));
        bands
    }
}
