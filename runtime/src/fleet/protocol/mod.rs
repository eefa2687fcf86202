//! The content of the store, and the messages to and from it, as plain values.

pub(crate) mod command;
pub(crate) mod fields;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod message;
pub(crate) mod name;
pub(crate) mod record;
pub(crate) mod snapshot;
pub(crate) mod version;

pub(crate) use command::{
    Command, Instance, LeaseReply, NotTaken, Quorum, Reply, Report, ReportReply, Reported, Restored, Shown,
    TrialEnd,
};
pub(crate) use message::Message;
pub(crate) use name::{Service, SharedName};
pub(crate) use record::{Forced, ForcedState, Lease, OverrideRecord, Shared, Standing};
pub(crate) use snapshot::{Content, Overview, ShownBreaker, ShownInstance, StoreSnapshot};
pub(crate) use version::Version;
