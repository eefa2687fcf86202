//! The errors of a process that cannot join a fleet or control it.

use crate::fleet::{protocol::name::NameError, store::StoreError};

/// The reason why a process cannot join a fleet. A store that is down is not an
/// error: the member connects when the store is back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// The name of the service or of the instance cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The registry takes part in a fleet already.
    #[error("this registry takes part in a fleet already; leave it first, or keep its `Fleet`")]
    AlreadyJoined,
    /// A quorum of fewer than two instances.
    #[error("a quorum of {found} lets one bad instance open all the others; write 2 or more")]
    Quorum {
        /// The number that was given.
        found: u32,
    },
    /// A percentage above 100.
    #[error("a quorum of {found} percent is never reached; write 0 to 100")]
    Percent {
        /// The number that was given.
        found: u32,
    },
}

/// The reason why [`Store::control`](crate::fleet::Store::control) cannot
/// connect.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The name of the service cannot be used.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The store does not answer or refuses the connection.
    #[error(transparent)]
    Store(#[from] StoreError),
}
