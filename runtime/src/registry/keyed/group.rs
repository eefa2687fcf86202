//! The breakers of one group, by key.

use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::watch;

use crate::{
    clock::{ClockSource, Timestamp},
    config::{Settings, name::NamePool},
    engine::Engine,
    event::{Dispatcher, Operator, log},
    registry::{
        Declaration,
        keyed::slots::{Entry, Slots, UseClock},
        layers::{Configuration, Configured, Layers, configured},
        seed_of,
    },
    state::Override,
    stats::RetiredCounts,
    sync::{Mutex, OnceLock, UnmodelledU64, lock},
};

/// One group: what all handles of it share.
///
/// A call whose key is known takes the shared lock of a part of `entries`, for the time of one
/// look-up. Only a new key takes `slots`. Locks are taken in the order
/// `configuration`, `slots`, `entries`.
pub(super) struct Group {
    pub(super) name: &'static str,
    names: &'static NamePool,
    pub(super) max_keys: u32,
    pub(super) declared_settings: Settings,
    pub(super) declared: Option<&'static Declaration>,
    /// The declared settings, with the changes of an operator.
    pub(super) settings: Mutex<Settings>,
    configuration: Arc<Configuration>,
    clock: ClockSource,
    pub(super) dispatcher: Arc<Dispatcher>,
    seed: Option<u64>,
    /// Notified after a breaker was made.
    new_breakers: Arc<watch::Sender<()>>,
    entries: DashMap<Arc<str>, Arc<Entry>>,
    uses: UseClock,
    pub(super) slots: Mutex<Slots>,
    pub(super) retired: Arc<RetiredCounts>,
    pub(super) overflow: OnceLock<Arc<Engine>>,
}

/// What the breakers of a group share with their registry.
pub(super) struct Surroundings {
    pub(super) configuration: Arc<Configuration>,
    pub(super) clock: ClockSource,
    pub(super) dispatcher: Arc<Dispatcher>,
    pub(super) seed: Option<u64>,
    pub(super) new_breakers: Arc<watch::Sender<()>>,
}

impl Group {
    pub(super) fn new(
        name: &'static str,
        settings: Settings,
        max_keys: u32,
        declared: Option<&'static Declaration>,
        surroundings: Surroundings,
    ) -> Self {
        let Surroundings {
            configuration,
            clock,
            dispatcher,
            seed,
            new_breakers,
        } = surroundings;
        Self {
            name,
            names: NamePool::of(name),
            max_keys,
            declared_settings: settings,
            declared,
            settings: Mutex::new(settings),
            configuration,
            clock,
            dispatcher,
            seed,
            new_breakers,
            entries: DashMap::new(),
            uses: UseClock::new(max_keys),
            slots: Mutex::new(Slots::new()),
            retired: Arc::default(),
            overflow: OnceLock::new(),
        }
    }

    /// Returns the breaker of this key, makes it, or returns the overflow
    /// breaker.
    #[inline]
    pub(super) fn get(&self, key: &str) -> Arc<Engine> {
        self.find_used(key).unwrap_or_else(|| self.insert(key))
    }

    /// Returns the breaker of this key, if it exists, and notes that it is used.
    #[inline]
    pub(super) fn find_used(&self, key: &str) -> Option<Arc<Engine>> {
        let entry = self.entries.get(key)?;
        self.uses.note_use(&entry);
        Some(Arc::clone(&entry.engine))
    }

    /// Returns the breaker of this key, if it exists.
    pub(super) fn find(&self, key: &str) -> Option<Arc<Engine>> {
        if key == "*" {
            return self.overflow.get().cloned();
        }
        self.entries.get(key).map(|entry| Arc::clone(&entry.engine))
    }

    /// Returns all breakers that exist, the overflow breaker last.
    pub(super) fn engines(&self) -> Vec<Arc<Engine>> {
        let entries = lock(&self.slots).entries().to_vec();
        let keyed = entries.iter().map(|entry| Arc::clone(&entry.engine));
        keyed.chain(self.overflow.get().cloned()).collect()
    }

    /// Makes the breaker of a new key, and does what is not done under a lock.
    #[cold]
    fn insert(&self, key: &str) -> Arc<Engine> {
        // The clock is user code, so it is read without a lock.
        let found = self.insert_at(key, self.clock.now());
        if let Found::Made { engine, .. } = &found {
            // It notifies subscribers.
            engine.configure_override(|| self.configured_override(engine));
            self.new_breakers.send_replace(());
        }
        match found {
            Found::Existing(engine) | Found::Made { engine, .. } => engine,
            Found::NoRoom => self.overflow(),
        }
    }

    fn insert_at(&self, key: &str, now: Timestamp) -> Found {
        // Held until the breaker is in the map. So it is made with a configuration, or is in the
        // map when that configuration is set, and then changed in place.
        let configuration = self.configuration.hold();
        let mut slots = lock(&self.slots);
        if let Some(engine) = self.find(key) {
            return Found::Existing(engine);
        }
        if slots.len() < self.max_keys as usize {
            let entry = self.make(key, now, configuration.as_deref());
            slots.push(Arc::clone(&entry));
            return self.enter(&entry, None);
        }
        while let Some(index) = slots.longest_idle() {
            let victim = Arc::clone(&slots.entries()[index]);
            self.entries.remove(&victim.key);
            // A thread may have found the breaker before it was removed, and admitted a call since
            // the search. Removing it has taken the lock of that look-up, so the call is visible.
            if !victim.engine.is_idle() {
                self.entries.insert(Arc::clone(&victim.key), victim);
                continue;
            }
            let entry = self.make(key, now, configuration.as_deref());
            drop(victim);
            let evicted = slots.replace(index, Arc::clone(&entry));
            return self.enter(&entry, Some(evicted));
        }
        Found::NoRoom
    }

    fn enter(&self, entry: &Arc<Entry>, evicted: Option<Arc<Entry>>) -> Found {
        self.entries.insert(Arc::clone(&entry.key), Arc::clone(entry));
        Found::Made {
            engine: Arc::clone(&entry.engine),
            _evicted: evicted,
        }
    }

    /// Returns the breaker that all keys share for which there is no room.
    fn overflow(&self) -> Arc<Engine> {
        if let Some(overflow) = self.overflow.get() {
            return Arc::clone(overflow);
        }
        let now = self.clock.now();
        let made = {
            let configuration = self.configuration.hold();
            let made = Arc::new(self.engine("*", now, configuration.as_deref()));
            self.overflow.set(Arc::clone(&made)).map(|()| made)
        };
        match made {
            Ok(first) => {
                first.configure_override(|| self.configured_override(&first));
                self.new_breakers.send_replace(());
                self.dispatcher
                    .guarded(|| log::overflow(self.name, self.max_keys));
                first
            }
            // Another thread was faster.
            Err(made) => self.overflow.get().map_or(made, Arc::clone),
        }
    }

    fn make(&self, key: &str, now: Timestamp, configuration: Option<&dyn Layers>) -> Arc<Entry> {
        Arc::new(Entry {
            key: Arc::from(key),
            engine: Arc::new(self.engine(key, now, configuration)),
            last_use: UnmodelledU64::new(self.uses.tick()),
        })
    }

    fn engine(&self, key: &str, now: Timestamp, configuration: Option<&dyn Layers>) -> Engine {
        let name = self.names.name(key);
        let seed = seed_of(self.seed, name.name());
        let (clock, dispatcher) = (self.clock.clone(), Arc::clone(&self.dispatcher));
        let of_group = *lock(&self.settings);
        // A configuration that was accepted for the group may be refused for one key of it.
        let configured = configured(configuration, name.name(), of_group)
            .unwrap_or_else(|_| Configured::as_declared(of_group));
        let settings = configured.settings.with_values_of_operator(&of_group);
        let settings = settings.check().map_or(configured.settings, |()| settings);
        let engine = Engine::new_at(now, name, settings, clock, dispatcher, seed);
        engine.configure_timeout(configured.timeout);
        engine.of_group(Arc::clone(&self.retired))
    }

    fn configured_override(&self, engine: &Engine) -> (Override, Option<Operator>) {
        let configured = self
            .configuration
            .of(engine.name().name(), self.declared_settings);
        configured.map_or((Override::None, None), |configured| {
            (configured.overridden, configured.operator)
        })
    }
}

/// What a key finds that had no breaker.
enum Found {
    /// Another thread has made it.
    Existing(Arc<Engine>),
    Made {
        engine: Arc<Engine>,
        /// Dropped without a lock.
        ///
        /// The last handle of a breaker leaves its totals and its name.
        _evicted: Option<Arc<Entry>>,
    },
    NoRoom,
}
