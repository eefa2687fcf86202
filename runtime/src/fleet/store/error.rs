//! The errors of a store.

use std::time::Duration;

/// An error of a fleet's store. No variant contains a password.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL cannot be used.
    #[error("the store's URL {problem}; write `redis://user:password@host:6379`, or `rediss://…` for TLS")]
    Url {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The name of a breaker cannot be used.
    #[error("a breaker cannot be named {name:?}; write 1 to 128 printable characters")]
    Breaker {
        /// The first characters of the name.
        name: Box<str>,
    },
    /// No live instance of the service has this name.
    #[error("no live instance is named `{instance}`; `fusebox instances` lists them")]
    UnknownInstance {
        /// The name.
        instance: Box<str>,
    },
    /// The instance runs a version that takes commands to all instances only.
    #[error(
        "instance `{instance}` runs an earlier version, which takes no commands for one instance; use its own page, or update it"
    )]
    EarlierInstance {
        /// The name.
        instance: Box<str>,
    },
    /// The server cannot be reached.
    #[error("store {address} cannot be reached: {reason}")]
    Unreachable {
        /// Host and port.
        address: Box<str>,
        /// What the operating system or TLS reports.
        reason: Box<str>,
    },
    /// The server does not answer.
    #[error("store {address} did not answer `{command}` within {after:?}")]
    Timeout {
        /// Host and port.
        address: Box<str>,
        /// The command.
        command: &'static str,
        /// How long this process waited.
        after: Duration,
    },
    /// The server refuses user or password.
    #[error("store {address} refuses the user name or password of its URL")]
    Authentication {
        /// Host and port.
        address: Box<str>,
    },
    /// The user lacks a right.
    #[error(
        "store {address} denies `{command}`: {reason}; grant the rights of the ACL line in docs/fleet.md"
    )]
    Denied {
        /// Host and port.
        address: Box<str>,
        /// The command.
        command: &'static str,
        /// The server's text.
        reason: Box<str>,
    },
    /// The keys hold something else.
    #[error(
        "the keys `{keys}` of store {address} hold data of another program; use another service name or database"
    )]
    ForeignData {
        /// Host and port.
        address: Box<str>,
        /// The pattern of the keys.
        keys: Box<str>,
    },
    /// The keys have another layout.
    #[error("store {address} has layout {found}, this program supports layout 1; update the older program")]
    Layout {
        /// Host and port.
        address: Box<str>,
        /// The layout that was found.
        found: Box<str>,
    },
    /// The server is too old, or is not a Redis server.
    #[error("store {address} lacks what the fleet needs: {reason}; use Redis 7 or later, or Valkey")]
    Unsupported {
        /// Host and port.
        address: Box<str>,
        /// The server's text.
        reason: Box<str>,
    },
    /// The server refuses a command for another reason.
    #[error("store {address} failed `{command}`: {reason}")]
    Failed {
        /// Host and port.
        address: Box<str>,
        /// The command.
        command: &'static str,
        /// The server's text.
        reason: Box<str>,
    },
}
