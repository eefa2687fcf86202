//! Named breakers: the process-wide registry, and others beside it.

mod builder;
pub(crate) mod catalog;
pub(crate) mod configure;
mod conflict;
pub(crate) mod current;
mod declaration;
mod global;
mod keyed;
pub(crate) mod layers;
mod lazy;
mod lookup;
mod observe;
mod observed_state;
mod resolve;
mod rival;

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use dashmap::DashMap;
use tokio::sync::watch;

use crate::{
    breaker::CircuitBreaker,
    clock::ClockSource,
    config::Settings,
    event::{Dispatcher, Event, EventReceiver, Subscription},
    state::rules,
    sync::{AtomicU64, Mutex, MutexGuard, Ordering, lock},
};

use layers::Configuration;
#[allow(unused_imports, reason = "a fleet sets it")]
pub(crate) use observed_state::FleetHealth;
use observed_state::ObservedState;

pub use builder::{CircuitBreakerBuilder, RegistryBuilder};
pub use conflict::{Conflict, DeclareError};
pub use declaration::Declaration;
pub use global::InstallError;
pub use keyed::{ByDisplay, GroupSnapshot, Key, KeyedBreakers, KeyedBreakersBuilder, by_display};
pub use lazy::LazyBreaker;

/// A set of breakers with unique names.
///
/// [`Registry::global`] holds the breakers of the annotated functions. A breaker without a key is
/// never removed or replaced, so its call site looks it up once. A group of
/// [keyed](CircuitBreaker::keyed) breakers may replace one that is not in use. A registry is cheap
/// to clone; all clones are one registry.
#[derive(Clone)]
pub struct Registry(Arc<RegistryState>);

struct RegistryState {
    breakers: DashMap<&'static str, Registered>,
    groups: DashMap<&'static str, KeyedBreakers>,
    conflicts: Mutex<Vec<Conflict>>,
    clock: ClockSource,
    dispatcher: Arc<Dispatcher>,
    configuration: Arc<Configuration>,
    reload_failures: AtomicU64,
    seed: Option<u64>,
    observed: ObservedState,
    /// Notified after a breaker was made.
    new_breakers: Arc<watch::Sender<()>>,
}

#[derive(Clone)]
struct Registered {
    breaker: CircuitBreaker,
    /// The declared settings. Those in force may have changed since.
    settings: Settings,
    /// Whether they are the defaults so far: then the first declaration that gives
    /// settings decides.
    are_defaults: bool,
    /// The function that declares it; `None` if only a builder has made it.
    declared: Option<&'static Declaration>,
}

impl Registry {
    /// Makes an empty registry on tokio's clock.
    pub fn new() -> Self {
        Self::on(ClockSource::Tokio, None)
    }

    /// Returns a builder for a registry with another clock or with a jitter seed.
    ///
    /// ```
    /// # #[cfg(feature = "test-util")] {
    /// use fusebox::{Registry, testing::ManualClock};
    ///
    /// let registry = Registry::builder().clock(ManualClock::new()).jitter_seed(7).build();
    /// # }
    /// ```
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder::default()
    }

    pub(super) fn on(clock: ClockSource, seed: Option<u64>) -> Self {
        Self(Arc::new(RegistryState {
            breakers: DashMap::new(),
            groups: DashMap::new(),
            conflicts: Mutex::new(Vec::new()),
            clock,
            dispatcher: Arc::new(Dispatcher::new()),
            configuration: Arc::new(Configuration::none()),
            reload_failures: AtomicU64::new(0),
            seed,
            observed: ObservedState::default(),
            new_breakers: Arc::new(watch::Sender::new(())),
        }))
    }

    /// Calls `subscriber` after each change of any breaker of this registry.
    ///
    /// See [`CircuitBreaker::on_event`].
    pub fn on_event(&self, subscriber: impl Fn(&Event) + Send + Sync + 'static) -> Subscription {
        self.0.dispatcher.subscribe(None, subscriber)
    }

    /// Returns an asynchronous receiver of the events of all breakers.
    pub fn events(&self) -> EventReceiver {
        self.0.dispatcher.receive(None)
    }

    /// Returns how many events were dropped, because a subscriber or receiver was
    /// slow.
    ///
    /// An event that two of them did not get is counted twice.
    pub fn dropped_events(&self) -> u64 {
        self.0.dispatcher.dropped()
    }

    /// Returns how many times a subscriber or the waker of a waiter panicked.
    ///
    /// A `tracing` subscriber that panics on a conflict is counted too.
    pub fn subscriber_panics(&self) -> u64 {
        self.0.dispatcher.panics()
    }

    /// Returns how often a watched configuration file could not be applied.
    ///
    /// Always 0 without the feature `config`.
    pub fn config_reload_failures(&self) -> u64 {
        // Relaxed: a total orders nothing.
        self.0.reload_failures.load(Ordering::Relaxed)
    }

    /// Returns a receiver that is notified after each breaker that was made.
    #[cfg_attr(not(feature = "fleet"), allow(dead_code, reason = "followed by a fleet"))]
    pub(crate) fn new_breakers(&self) -> watch::Receiver<()> {
        self.0.new_breakers.subscribe()
    }

    /// Returns whether both are clones of one registry.
    #[cfg_attr(
        not(feature = "test-util"),
        allow(dead_code, reason = "compared in isolated tests only")
    )]
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn known_conflicts(&self) -> MutexGuard<'_, Vec<Conflict>> {
        lock(&self.0.conflicts)
    }

    /// Returns the jitter seed of one breaker.
    fn seed_of(&self, name: &str) -> u64 {
        seed_of(self.0.seed, name)
    }
}

/// Returns the jitter seed of one breaker, of that of its registry.
fn seed_of(seed: Option<u64>, name: &str) -> u64 {
    match seed {
        Some(seed) => name
            .bytes()
            .fold(seed, |seed, byte| rules::mix(seed ^ u64::from(byte))),
        None => RandomState::new().hash_one(name),
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("breakers", &self.0.breakers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
