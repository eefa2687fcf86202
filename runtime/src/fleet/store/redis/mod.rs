//! The store on a Redis server.

mod address;
mod failure;
mod invocation;
mod link;
mod script;

use std::{fmt, sync::Arc};

use tokio::sync::mpsc;

use crate::fleet::{
    protocol::{Service, keys::Keys},
    store::{Connected, StoreError, backend::EVENTS},
};
use address::Address;
use link::{Link, LinkTask};

/// A Redis server, as named by a URL. Nothing connects before a member joins.
pub(crate) struct RedisStore {
    address: Address,
}

impl RedisStore {
    pub(crate) fn new(url: &str) -> Result<Self, StoreError> {
        Address::parse(url).map(|address| Self { address })
    }

    /// Starts the connection of one member.
    /// It ends when the returned backend is dropped.
    pub(crate) fn connect(&self, service: &Service) -> Connected {
        let (sender, events) = mpsc::channel(EVENTS);
        let link = Arc::new(Link::new(self.address.clone(), Keys::new(service)));
        let backend = LinkTask::spawn(link, sender);
        Connected {
            backend: Arc::new(backend),
            events,
        }
    }
}

impl fmt::Display for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisStore({})", self.address)
    }
}
