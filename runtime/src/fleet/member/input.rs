//! The inputs on which a member acts.

use std::time::Duration;

use crate::fleet::{
    protocol::{Reply, SharedName},
    store::{StoreError, StoreEvent},
};

/// The number of a command, to match its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Request(pub(crate) u64);

/// Anything that makes a member act.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    Store(StoreEvent),
    Reply(Request, Result<Reply, StoreError>),
    Local(SharedName, LocalEvent),
    /// The time of [`next_wake`](super::Member::next_wake) has come.
    Wake,
}

/// A change of one breaker of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalEvent {
    /// The breaker was built.
    Appeared,
    Opened {
        remaining: Duration,
        cause: ChangedBy,
    },
    HalfOpened,
    Closed {
        cause: ChangedBy,
    },
    /// An override was set, released or given another end.
    Overridden,
}

/// The origin of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangedBy {
    /// The calls of this process: a trip, or the result of trial calls.
    Calls,
    /// An operator of this process.
    Operator,
    /// This member.
    Fleet,
}
