//! The stores of the shared states: in this process or on a Redis server.

mod backend;
mod error;
mod forced_rows;
pub(crate) mod local;
#[cfg(feature = "redis")]
pub(crate) mod redis;
pub(crate) mod table;

use std::{fmt, sync::Arc};

pub(crate) use backend::{Backend, Boxed, Connected, StoreEvent};
pub use error::StoreError;

use crate::{
    Clock,
    fleet::{protocol::Service, store::local::LocalStore},
};

/// The place that holds the shared states of a fleet. Clones are one store.
///
/// ```
/// use fusebox::fleet::Store;
///
/// let store = Store::local();
/// assert_eq!(format!("{store:?}"), "Store(local)");
/// ```
#[derive(Clone)]
pub struct Store(Kind);

#[derive(Clone)]
enum Kind {
    Local(Arc<LocalStore>),
    #[cfg(feature = "redis")]
    Redis(Arc<redis::RedisStore>),
}

impl Store {
    /// Returns a store in the memory of this process, for several registries of
    /// one process and for tests.
    pub fn local() -> Self {
        Self(Kind::Local(Arc::new(LocalStore::new(None))))
    }

    /// Like [`local`](Store::local), but the store's time is that of `clock`.
    pub fn local_with_clock(clock: impl Clock) -> Self {
        Self(Kind::Local(Arc::new(LocalStore::new(Some(Arc::new(clock))))))
    }

    /// Returns a store on a Redis server, version 7 or later:
    /// `redis://[[user]:password@]host[:port][/database]`.
    ///
    /// With `rediss://` the connection is encrypted; the server's certificate is checked against
    /// the system's roots. Nothing connects before a fleet uses the store.
    ///
    /// # Errors
    ///
    /// [`StoreError::Url`] if the URL has another form. No error and no log line contains the
    /// password.
    #[cfg(feature = "redis")]
    pub fn redis(url: &str) -> Result<Self, StoreError> {
        redis::RedisStore::new(url).map(|store| Self(Kind::Redis(Arc::new(store))))
    }

    /// Connects one member to the states of `service`. Must run on a tokio runtime.
    pub(crate) fn connect(&self, service: &Service) -> Connected {
        match &self.0 {
            Kind::Local(store) => store.connect(service),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => store.connect(service),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Local(_) => f.write_str("Store(local)"),
            #[cfg(feature = "redis")]
            Kind::Redis(store) => write!(f, "Store({store})"),
        }
    }
}
