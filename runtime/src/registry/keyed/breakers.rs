//! A handle of a group of keyed breakers.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    breaker::CircuitBreaker,
    config::{ConfigError, Settings},
    event::{Event, EventReceiver, Subscription},
    registry::{
        Declaration, Registered,
        keyed::{GroupSnapshot, group::Group, key::Key},
    },
};

/// A group of breakers with the same settings: one for each host, shard or
/// tenant.
///
/// [`CircuitBreaker::keyed`] builds it. Cheap to clone; all clones are one group. The breaker of
/// the key `eu-1` is called `inventory[eu-1]`. It lives in the group, not in the registry itself.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use fusebox::{CircuitBreaker, State};
///
/// let hosts = CircuitBreaker::keyed("keyed-doc").threshold(1).max_keys(200).build().unwrap();
/// let failed = hosts.get("eu-1").call(async { Err::<(), _>("connection refused") }).await;
/// assert!(failed.is_err());
/// assert_eq!(hosts.get("eu-1").state(), State::Open);
/// assert_eq!(hosts.get("us-1").state(), State::Closed, "the other hosts go on");
/// assert_eq!(hosts.snapshot().open, 1);
/// # }
/// ```
///
/// # Eviction
/// A group has at most `max_keys` breakers. For a further key, it evicts the breaker that has been
/// idle longest among those that are Closed, not forced, and without a call in flight. The totals
/// stay in those of the group. If no breaker may be evicted, the key shares the breaker
/// `inventory[*]` with all others that find no room; a `WARN` reports the first of them.
///
/// Up to 64 keys, "longest" is exact, except for threads that use two keys at the same moment.
/// Beyond that, the group compares 64 breakers, and uses of a breaker are noted only if half of the
/// other keys were used since.
#[derive(Clone)]
pub struct KeyedBreakers {
    pub(super) group: Arc<Group>,
    timeout: Option<Duration>,
}

impl KeyedBreakers {
    pub(super) fn new(group: Group) -> Self {
        Self {
            group: Arc::new(group),
            timeout: None,
        }
    }

    /// Returns the breaker of this key.
    ///
    /// A new key gets a breaker, Closed and with the settings of the group. Keys are equal if their
    /// texts are. A key of more than 128 characters or with control characters is escaped,
    /// shortened and hashed. [`Key`] lists what can be a key.
    ///
    /// A handle may outlive the breaker's place in the group. It keeps working on the old state,
    /// and the next `get` of the key makes a new breaker. So call `get` for each call, or keep the
    /// handle for ever and give the key no other use.
    ///
    /// # Panics
    /// If writing the key panics. The group is not changed then.
    ///
    /// # Cost
    /// One look-up in a concurrent map. No allocation if the key has a breaker and writing it
    /// allocates nothing. Text and whole numbers are not written; other keys are, once, and twice
    /// if they have more than 128 bytes.
    #[allow(
        clippy::inline_always,
        reason = "left to the compiler, it is a call in a program with two of the same key type: 20 instructions more"
    )]
    #[inline(always)]
    pub fn get<K: Key>(&self, key: K) -> CircuitBreaker {
        let found = key.find_in(&self.group);
        let engine = found.unwrap_or_else(|| self.group.get_written(&|text| key.write(text)));
        CircuitBreaker::with(engine, self.timeout)
    }

    /// Returns a handle of the same group whose breakers drop each call after
    /// this long, see [`CircuitBreaker::with_timeout`].
    #[must_use = "the timeout belongs to the returned handle"]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            group: Arc::clone(&self.group),
            timeout: Some(timeout),
        }
    }

    /// Returns the group's name.
    pub fn name(&self) -> &str {
        self.group.name
    }

    /// Returns how many keys may have a breaker of their own.
    pub fn max_keys(&self) -> u32 {
        self.group.max_keys
    }

    /// Returns the settings of a new breaker, unless the configuration gives its
    /// key others.
    pub fn settings(&self) -> Settings {
        self.group.settings()
    }

    /// Changes the settings of all breakers of the group, and of those to come.
    ///
    /// # Errors
    /// The first broken rule. No settings are changed then.
    pub fn reconfigure(&self, settings: Settings) -> Result<(), ConfigError> {
        settings.check()?;
        self.group.change_settings(settings);
        self.into_iter()
            .try_for_each(|breaker| breaker.reconfigure(settings))
    }

    /// Returns the sum over all breakers, evicted ones included.
    ///
    /// Under load, it is not atomic as a whole.
    pub fn snapshot(&self) -> GroupSnapshot {
        GroupSnapshot::new(&self.group)
    }

    /// Returns all breakers that exist, sorted by name.
    ///
    /// Reading them is not a use that keeps them from being evicted.
    pub fn iter(&self) -> impl Iterator<Item = CircuitBreaker> + use<> {
        self.into_iter()
    }

    /// Calls `subscriber` after each change of any breaker of this group.
    ///
    /// See [`CircuitBreaker::on_event`].
    pub fn on_event(&self, subscriber: impl Fn(&Event) + Send + Sync + 'static) -> Subscription {
        self.group
            .dispatcher
            .subscribe(Some(self.group.full_name()), subscriber)
    }

    /// Returns an asynchronous receiver of the events of this group.
    pub fn events(&self) -> EventReceiver {
        self.group.dispatcher.receive(Some(self.group.full_name()))
    }

    pub(super) fn is_of(&self, declaration: &Declaration) -> bool {
        self.declaration()
            .is_some_and(|declared| declared.is(declaration))
    }

    /// Returns the settings that code declares for each breaker of the group.
    pub(in crate::registry) fn declared_settings(&self) -> Settings {
        self.group.declared_settings
    }

    /// Returns the function that declares the group; `None` if a builder made it.
    pub(crate) fn declaration(&self) -> Option<&'static Declaration> {
        self.group.declared
    }

    /// Returns all breakers that exist, like those of a registry.
    pub(in crate::registry) fn registered(&self) -> impl Iterator<Item = Registered> + use<> {
        let (settings, declared) = (self.group.declared_settings, self.group.declared);
        self.into_iter().map(move |breaker| Registered {
            breaker,
            settings,
            are_defaults: false,
            declared,
        })
    }

    pub(in crate::registry) fn find(&self, key: &str) -> Option<CircuitBreaker> {
        let engine = self.group.find(key)?;
        Some(CircuitBreaker::with(engine, self.timeout))
    }
}

/// All breakers that exist, sorted by name.
impl IntoIterator for &KeyedBreakers {
    type Item = CircuitBreaker;
    type IntoIter = std::vec::IntoIter<CircuitBreaker>;

    fn into_iter(self) -> Self::IntoIter {
        let engines = self.group.engines().into_iter();
        let mut breakers: Vec<_> = engines
            .map(|engine| CircuitBreaker::with(engine, self.timeout))
            .collect();
        breakers.sort_by(|one, other| one.name().cmp(other.name()));
        breakers.into_iter()
    }
}

impl fmt::Debug for KeyedBreakers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedBreakers")
            .field("name", &self.name())
            .field("max_keys", &self.max_keys())
            .finish_non_exhaustive()
    }
}
