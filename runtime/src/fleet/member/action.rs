//! The actions of a member: on breakers, commands to the store, warnings.

use std::time::Duration;

use crate::fleet::{
    member::Request,
    protocol::{Command, ForcedState},
    store::StoreError,
};

/// A change of one breaker of this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Opens the breaker, or moves the end of an open one, to this long from now.
    OpenFor {
        duration: Duration,
        open: u32,
        live: u32,
    },
    /// Ends the cooldown: the next calls are trial calls.
    EndCooldown,
    /// Closes the breaker.
    Close,
    /// Sets an override, or another end of the same one.
    Force {
        state: ForcedState,
        /// How long it lasts; `None` until it is released.
        lasting: Option<Duration>,
        who: String,
        reason: String,
    },
    /// Releases the override.
    Release,
}

/// Work outside of breakers, for the task that drives the member.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Output {
    /// Run this command and return the reply under this number.
    Send(Request, Command),
    Warn(FleetWarning),
}

/// A line for the log.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum FleetWarning {
    #[error("{0}; this instance keeps its shared states until they end")]
    StoreDown(StoreError),
    #[error("another process uses the instance name `{0}`; give each process a name of its own")]
    Duplicate(String),
    #[error(
        "service `{service}` of this store is also used by program `{other}`; give each program a service name of its own"
    )]
    Program { service: String, other: String },
    #[error("the store lost its data; {restored} operator states of this instance were sent to it again")]
    StoreLost { restored: usize },
    #[error("a message of the fleet was ignored because it is too long or cannot be read")]
    Ignored,
}
