//! What a store returns to readers.

use std::time::Duration;

use crate::fleet::protocol::{
    name::Name,
    record::{Forced, Shared},
    version::Version,
};

/// The reply to a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// The newest change that the snapshot contains.
    pub(crate) version: Version,
    /// How many instances are alive.
    pub(crate) live: u32,
    /// The program of the first live instance.
    pub(crate) program: String,
    /// Whether another process used the same instance name since the last sync.
    pub(crate) replaced: bool,
    /// Names the content; sent with the next sync.
    pub(crate) digest: String,
    /// `None` if the content still has the digest that the instance sent.
    pub(crate) content: Option<Content>,
}

/// What all instances share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// Forced on all instances.
    pub(crate) forced: Vec<(Name, Forced)>,
    /// Forced on the instance that reads; empty in an overview.
    pub(crate) own: Vec<(Name, Forced)>,
    pub(crate) shared: Vec<(Name, Shared)>,
}

/// One instance as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InstanceView {
    pub(crate) name: Name,
    pub(crate) program: String,
    /// How long it still counts as alive without another sync.
    pub(crate) alive: Duration,
    /// Whether it takes commands that are for it alone.
    pub(crate) is_addressable: bool,
    /// Its breakers that are not closed.
    pub(crate) breakers: Vec<ReportedView>,
}

/// A breaker of one instance as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportedView {
    pub(crate) breaker: Name,
    /// The word for the state.
    pub(crate) state: String,
    /// What remains of the cooldown or of the forced state; `None` without an end.
    pub(crate) remaining: Option<Duration>,
    /// Operator and reason of a forced state, if they are known.
    pub(crate) author: Option<(String, String)>,
}

/// Everything about a service, for operators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Overview {
    pub(crate) instances: Vec<InstanceView>,
    pub(crate) content: Content,
}
