//! The process-wide registry of named breakers, and registries of one's own.

mod builder;
pub(crate) mod catalog;
mod conflict;
pub(crate) mod current;
mod declaration;
mod resolve;

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use dashmap::DashMap;

use crate::{
    breaker::CircuitBreaker,
    clock::ClockSource,
    config::{ConfigError, Settings},
    event::{Dispatcher, Event, EventReceiver, Subscription},
};

pub use builder::{CircuitBreakerBuilder, RegistryBuilder};
pub use conflict::Conflict;
pub use declaration::{Declaration, Location};

/// Named breakers, each there once.
///
/// [`Registry::global`] holds those of the annotated functions. Entries are never removed or replaced, so a call site looks its
/// breaker up once. A registry is cheap to clone; all clones are one registry.
#[derive(Clone)]
pub struct Registry(Arc<Shared>);

struct Shared {
    breakers: DashMap<&'static str, Registered>,
    conflicts: Mutex<Vec<Conflict>>,
    clock: ClockSource,
    hub: Arc<Dispatcher>,
    seed: Option<u64>,
}

#[derive(Clone)]
struct Registered {
    breaker: CircuitBreaker,
    /// The settings that it was made with; those in force may have changed since.
    settings: Settings,
    /// The function that it is declared by; `None` for a builder.
    declared: Option<Location>,
}

static GLOBAL: LazyLock<Registry> = LazyLock::new(Registry::new);

impl Registry {
    /// The registry of the annotated functions, on tokio's clock.
    pub fn global() -> &'static Self {
        &GLOBAL
    }

    /// The registry that a call made here would use: the global one, or that of an `isolated` test.
    pub fn current() -> Self {
        current::current().unwrap_or_else(|| Self::global().clone())
    }

    /// An empty registry of its own, on tokio's clock.
    pub fn new() -> Self {
        Self::on(ClockSource::Tokio, None)
    }

    /// Starts to build a registry with a clock or a jitter seed of its own.
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
        Self(Arc::new(Shared {
            breakers: DashMap::new(),
            conflicts: Mutex::new(Vec::new()),
            clock,
            hub: Arc::new(Dispatcher::new()),
            seed,
        }))
    }

    /// Starts to build the breaker of this name.
    pub fn breaker(&self, name: impl AsRef<str>) -> CircuitBreakerBuilder {
        CircuitBreakerBuilder::new(self.clone(), name.as_ref())
    }

    /// The breaker of this name, if it is there. Never makes one.
    pub fn get(&self, name: &str) -> Option<CircuitBreaker> {
        self.0
            .breakers
            .get(name)
            .map(|registered| registered.breaker.clone())
    }

    /// All breakers that are there, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = CircuitBreaker> + use<> {
        let mut breakers: Vec<_> = self
            .0
            .breakers
            .iter()
            .map(|entry| entry.breaker.clone())
            .collect();
        breakers.sort_by_key(CircuitBreaker::name);
        breakers.into_iter()
    }

    /// Every declaration that lost against another one so far, in the order in which they were found.
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.known_conflicts().clone()
    }

    /// Every annotated function of the program, called or not, in the order (crate, module, file, line). Empty without the feature
    /// `catalog`.
    #[allow(
        clippy::unused_self,
        reason = "one catalogue for all registries; the method is where it is looked for"
    )]
    pub fn catalog(&self) -> impl Iterator<Item = &'static Declaration> + use<> {
        catalog::all().iter().copied()
    }

    /// Makes the breakers of all annotated functions now, Closed.
    ///
    /// # Errors
    /// The first conflict between declarations. All breakers are made nevertheless.
    pub fn declare_all(&self) -> Result<(), ConfigError> {
        for declaration in catalog::all() {
            self.resolve(declaration);
        }
        self.known_conflicts()
            .first()
            .map_or(Ok(()), |conflict| Err(conflict.as_error()))
    }

    /// Calls `listener` after each change of any breaker of this registry; see [`CircuitBreaker::on_event`].
    pub fn on_event(&self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Subscription {
        self.0.hub.subscribe(None, Arc::new(listener))
    }

    /// An asynchronous receiver of the events of all breakers of this registry.
    pub fn events(&self) -> EventReceiver {
        self.0.hub.receive(None)
    }

    /// How many events were lost because a listener ran for longer than the queue could hold.
    pub fn dropped_events(&self) -> u64 {
        self.0.hub.lost()
    }

    /// How many times a listener panicked, or the waker of somebody who waits for an event or for a change.
    pub fn subscriber_panics(&self) -> u64 {
        self.0.hub.panics()
    }

    /// Where it lives, which tells it from any other while it lives.
    #[cfg_attr(
        not(feature = "test-util"),
        allow(dead_code, reason = "told apart in isolated tests only")
    )]
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    fn known_conflicts(&self) -> std::sync::MutexGuard<'_, Vec<Conflict>> {
        self.0.conflicts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The seed of one breaker's jitter.
    fn seed_of(&self, name: &str) -> u64 {
        match self.0.seed {
            Some(seed) => name.bytes().fold(seed, |seed, byte| {
                crate::state::rules::mix(seed ^ u64::from(byte))
            }),
            None => RandomState::new().hash_one(name),
        }
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
