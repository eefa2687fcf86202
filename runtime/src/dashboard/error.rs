//! The error of a page that cannot be served.

use std::{io, net::SocketAddr};

/// The reason why [`Dashboard::serve`](super::Dashboard::serve) does not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The text is not an address.
    #[error("`{address}` is not an address for the dashboard ({source}); write one such as `127.0.0.1:9090`")]
    #[non_exhaustive]
    Address {
        /// The text that was given.
        address: String,
        /// The cause.
        source: io::Error,
    },
    /// The address is not a loopback address, and no token protects it.
    #[error(
        "the dashboard on {address} can be reached from other machines: serve it on 127.0.0.1, or set a token with \
         `Dashboard::require_token`"
    )]
    #[non_exhaustive]
    NoToken {
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be bound; another process may listen there.
    #[error("the dashboard cannot listen on {address}: {source}")]
    #[non_exhaustive]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
}
