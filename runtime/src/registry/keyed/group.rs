//! The breakers of one group, by key.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use crate::{
    clock::{ClockSource, Timestamp},
    config::{ConfigError, Settings, Source, name::NamePool},
    engine::Engine,
    event::{Dispatcher, Operator, log},
    registry::{
        Declaration,
        keyed::{
            key_maps::KeyMaps,
            key_text::KeyText,
            map_key::{ABSENT, ABSENT_BYTES, MapKey},
            number::Number,
            slots::{KeyedSlot, Slots, UseClock},
        },
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
#[allow(
    missing_debug_implementations,
    reason = "no user has one: it is only in the signature of a hidden method"
)]
pub struct Group {
    pub(super) name: &'static str,
    names: &'static NamePool,
    pub(super) max_keys: u32,
    pub(super) declared_settings: Settings,
    pub(super) declared: Option<&'static Declaration>,
    /// The declared settings, with the changes of an operator.
    settings: Mutex<Settings>,
    configuration: Arc<Configuration>,
    clock: ClockSource,
    pub(super) dispatcher: Arc<Dispatcher>,
    seed: Option<u64>,
    /// Notified after a breaker was made.
    new_breakers: Arc<watch::Sender<()>>,
    entries: KeyMaps,
    uses: UseClock,
    pub(super) slots: Mutex<Slots>,
    pub(super) retired: Arc<RetiredCounts>,
    pub(super) overflow: OnceLock<Arc<Engine>>,
    /// Set once the configuration did not fit a key.
    has_refused: OnceLock<()>,
}

/// The parts of the registry that the breakers of a group use.
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
            entries: KeyMaps::new(),
            uses: UseClock::new(max_keys),
            slots: Mutex::new(Slots::new()),
            retired: Arc::default(),
            overflow: OnceLock::new(),
            has_refused: OnceLock::new(),
        }
    }

    /// Returns the breaker of a text, makes it, or returns the overflow breaker.
    ///
    /// `text` is UTF-8, which matters only for a new key.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, a hit has two calls: 220 instructions, not 197"
    )]
    #[inline(always)]
    pub(super) fn get_text(&self, text: &[u8]) -> Option<Arc<Engine>> {
        if Number::may_have(text) {
            return self.get_digits(text);
        }
        self.find_used(text).or_else(|| self.make_of_text(text))
    }

    /// Returns the breaker of a text of digits, if there is one.
    ///
    /// A function of its own, so that other texts do not pay for it.
    #[inline(never)]
    fn get_digits(&self, text: &[u8]) -> Option<Arc<Engine>> {
        match MapKey::of_text(text) {
            MapKey::Text(text) => self.find_used(text).or_else(|| self.make_of_text(text)),
            MapKey::Number(number) => Some(self.get_number(number)),
        }
    }

    /// Returns the breaker of a whole number.
    #[inline]
    pub(super) fn get_number(&self, number: Number) -> Arc<Engine> {
        let Some(entry) = self.entries.of_number(number) else {
            return self.make_of_number(number);
        };
        self.used(&entry)
    }

    /// Returns the breaker of `None`.
    #[inline]
    pub(super) fn get_absent(&self) -> Arc<Engine> {
        self.find_used(ABSENT_BYTES)
            .unwrap_or_else(|| self.insert(ABSENT))
    }

    #[cold]
    fn make_of_text(&self, text: &[u8]) -> Option<Arc<Engine>> {
        let text = str::from_utf8(text).ok()?;
        Some(self.get_written(&|written| written.write_str(text)))
    }

    #[cold]
    fn make_of_number(&self, number: Number) -> Arc<Engine> {
        self.insert(&number.to_string())
    }

    /// Returns the breaker of a key of any length, which `write` writes.
    #[cold]
    pub(super) fn get_written(&self, write: &dyn Fn(&mut dyn fmt::Write) -> fmt::Result) -> Arc<Engine> {
        let text = KeyText::of(write);
        let hashed = text.as_name().is_none().then(|| text.hashed());
        let name = hashed.as_ref().map_or_else(|| text.kept(), KeyText::kept);
        let known = match MapKey::of_text(name.as_bytes()) {
            MapKey::Text(text) => self.find_used(text),
            MapKey::Number(number) => return self.get_number(number),
        };
        known.unwrap_or_else(|| self.insert(name))
    }

    /// Returns the breaker of this text, if it exists, and notes that it is used.
    #[allow(clippy::inline_always, reason = "see `get_text`")]
    #[inline(always)]
    fn find_used(&self, text: &[u8]) -> Option<Arc<Engine>> {
        self.entries.of_text(text).map(|entry| self.used(&entry))
    }

    #[inline]
    fn used(&self, entry: &KeyedSlot) -> Arc<Engine> {
        self.uses.note_use(&entry.last_use);
        Arc::clone(&entry.engine)
    }

    /// Returns the breaker whose name has this text in brackets, if it exists.
    pub(super) fn find(&self, key: &str) -> Option<Arc<Engine>> {
        let engine_of = |entry: &KeyedSlot| Arc::clone(&entry.engine);
        match MapKey::of_name(key) {
            MapKey::Text(b"*") => self.overflow.get().cloned(),
            MapKey::Text(text) => self.entries.of_text(text).map(|entry| engine_of(&entry)),
            MapKey::Number(number) => self.entries.of_number(number).map(|entry| engine_of(&entry)),
        }
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
        if let Found::Made { engine, refused, .. } = &found {
            self.announce(engine, *refused);
        }
        match found {
            Found::Existing(engine) | Found::Made { engine, .. } => engine,
            Found::NoRoom => self.overflow(),
        }
    }

    /// Does for a new breaker what runs user code.
    fn announce(&self, engine: &Engine, refused: Option<ConfigError>) {
        engine.configure_override(|| self.configured_override(engine));
        self.new_breakers.send_replace(());
        // Once per group, because a client may send any number of keys.
        if let Some(error) = refused.filter(|_| self.has_refused.set(()).is_ok()) {
            let name = engine.name().name();
            self.dispatcher
                .guarded(|| log::configuration_refused(name, &error));
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
            let (entry, refused) = self.make(key, now, configuration.as_deref());
            slots.push(Arc::clone(&entry));
            return self.enter(&entry, refused, None);
        }
        while let Some(index) = slots.longest_idle() {
            let victim = Arc::clone(&slots.entries()[index]);
            if !self.take_out(&victim) {
                continue;
            }
            let (entry, refused) = self.make(key, now, configuration.as_deref());
            drop(victim);
            let evicted = slots.replace(index, Arc::clone(&entry));
            return self.enter(&entry, refused, Some(evicted));
        }
        Found::NoRoom
    }

    /// Removes an idle breaker from the map, unless it is not idle any more.
    ///
    /// A thread may have admitted a call since the search. Removing takes the lock of every look-up
    /// that has found the breaker, so a call that was admitted before such a look-up is visible. A
    /// call that is admitted later belongs to a handle that has outlived its place.
    pub(super) fn take_out(&self, victim: &Arc<KeyedSlot>) -> bool {
        self.entries.remove(&victim.key);
        let is_idle = victim.engine.is_idle();
        if !is_idle {
            self.entries.insert(Arc::clone(victim));
        }
        is_idle
    }

    fn enter(
        &self,
        entry: &Arc<KeyedSlot>,
        refused: Option<ConfigError>,
        evicted: Option<Arc<KeyedSlot>>,
    ) -> Found {
        self.entries.insert(Arc::clone(entry));
        Found::Made {
            engine: Arc::clone(&entry.engine),
            refused,
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
            let (made, refused) = self.engine("*", now, configuration.as_deref());
            let made = Arc::new(made);
            self.overflow.set(Arc::clone(&made)).map(|()| (made, refused))
        };
        match made {
            Ok((first, refused)) => {
                self.announce(&first, refused);
                self.dispatcher
                    .guarded(|| log::overflow(self.name, self.max_keys));
                first
            }
            // Another thread was faster.
            Err(made) => self.overflow.get().map_or(made, Arc::clone),
        }
    }

    /// Returns a new breaker, and why the configuration does not fit it.
    fn make(
        &self,
        key: &str,
        now: Timestamp,
        configuration: Option<&dyn Layers>,
    ) -> (Arc<KeyedSlot>, Option<ConfigError>) {
        let (engine, refused) = self.engine(key, now, configuration);
        let entry = KeyedSlot {
            key: MapKey::of_name(key).to_owned(),
            engine: Arc::new(engine),
            last_use: UnmodelledU64::new(self.uses.tick()),
        };
        (Arc::new(entry), refused)
    }

    fn engine(
        &self,
        key: &str,
        now: Timestamp,
        configuration: Option<&dyn Layers>,
    ) -> (Engine, Option<ConfigError>) {
        let name = self.names.name(key);
        let seed = seed_of(self.seed, name.name());
        let (clock, dispatcher) = (self.clock.clone(), Arc::clone(&self.dispatcher));
        // A configuration that was accepted for the group may be refused for one key of it.
        let (configured, refused) = match self.configured_as(configuration, name.name()) {
            Ok(configured) => (configured, None),
            Err(error) => (Configured::as_declared(*lock(&self.settings)), Some(error)),
        };
        let engine = Engine::new_at(now, name, configured.settings, clock, dispatcher, seed);
        engine.configure_timeout(configured.timeout);
        (engine.of_group(Arc::clone(&self.retired)), refused)
    }

    /// Returns the settings of a new breaker whose key has no configuration of its
    /// own.
    pub(super) fn settings(&self) -> Settings {
        let configuration = self.configuration.hold();
        self.configured_as(configuration.as_deref(), self.name)
            .map_or_else(|_| *lock(&self.settings), |configured| configured.settings)
    }

    /// Changes the settings of the breakers to come.
    pub(super) fn change_settings(&self, settings: Settings) {
        let changed = settings.changed_by(&self.settings(), Source::Operator(""));
        let mut of_group = lock(&self.settings);
        *of_group = of_group.with_values_of_operator(&changed);
    }

    /// Returns what the configuration makes of the declared settings. The values
    /// that an operator has set for the group stay.
    fn configured_as(
        &self,
        configuration: Option<&dyn Layers>,
        name: &str,
    ) -> Result<Configured, ConfigError> {
        let of_group = *lock(&self.settings);
        let mut configured = configured(configuration, name, of_group)?;
        let settings = configured.settings.with_values_of_operator(&of_group);
        if settings.check().is_ok() {
            configured.settings = settings;
        }
        Ok(configured)
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

/// The breaker for a key that had none.
enum Found {
    /// Another thread has made it.
    Existing(Arc<Engine>),
    Made {
        engine: Arc<Engine>,
        /// Why the configuration does not fit it.
        refused: Option<ConfigError>,
        /// Dropped without a lock.
        ///
        /// The last handle of a breaker leaves its totals and its name.
        _evicted: Option<Arc<KeyedSlot>>,
    },
    NoRoom,
}
