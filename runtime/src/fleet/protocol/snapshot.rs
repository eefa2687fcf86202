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
    pub(crate) forced: Vec<(Name, Forced)>,
    pub(crate) shared: Vec<(Name, Shared)>,
}

/// One instance as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InstanceView {
    pub(crate) name: Name,
    pub(crate) program: String,
    /// How long it still counts as alive without another sync.
    pub(crate) alive: Duration,
    /// Its breakers that are not closed: state and what remains of the cooldown.
    pub(crate) breakers: Vec<(Name, String, Duration)>,
}

/// Everything about a service, for operators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Overview {
    pub(crate) instances: Vec<InstanceView>,
    pub(crate) content: Content,
}
