//! Values by key, each with the moment at which it was kept.

use std::{fmt, hash::Hash, time::Duration};

use quick_cache::{Equivalent, sync::Cache};

use crate::last_good::observe;
use crate::{breaker::CircuitBreaker, clock::Timestamp};

/// How many keys are held where nothing is said.
pub(super) const CAPACITY: usize = 1024;

/// The last good values of one function or call, by key.
///
/// | | |
/// |---|---|
/// | size | at most 1024 keys, or what [`with_capacity`](Self::with_capacity) says; keys that are not used make room |
/// | age | by the clock of the breaker, so a paused or manual clock ages values too |
/// | serving | does not refresh: a value is served until it is `max_age` old, however often |
///
/// # Cost
/// Keeping is one insert into a sharded cache; nothing is done in the background.
pub struct LastGood<K, V> {
    breaker: CircuitBreaker,
    max_age: Duration,
    values: Cache<K, (V, Timestamp)>,
}

/// A value that was kept, and how old it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kept<V> {
    value: V,
    age: Duration,
}

impl<K: Hash + Eq, V: Clone> LastGood<K, V> {
    /// Keeps up to 1024 values, each for `max_age`, for what runs under this breaker.
    pub fn new(breaker: &CircuitBreaker, max_age: Duration) -> Self {
        Self::with_capacity(breaker, max_age, CAPACITY)
    }

    /// As [`new`](Self::new), for up to `keys` values.
    pub fn with_capacity(breaker: &CircuitBreaker, max_age: Duration, keys: usize) -> Self {
        Self {
            breaker: breaker.clone(),
            max_age,
            values: Cache::new(keys),
        }
    }

    /// Keeps a good value, in place of the one before.
    pub fn keep(&self, key: K, value: V) {
        self.values.insert(key, (value, self.breaker.engine().now()));
    }

    /// The value of this key, if it is at most `max_age` old. Counted in
    /// [`Totals::last_good`](crate::Totals::last_good), and seen by [`watch`](super::watch()).
    pub fn serve<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<Kept<V>> {
        let (value, kept_at) = self.values.get(key)?;
        let age = self.breaker.engine().now().since(kept_at);
        if age > self.max_age {
            self.values.remove(key);
            return None;
        }
        self.breaker.engine().count_last_good();
        observe::note(self.breaker.name(), age);
        Some(Kept { value, age })
    }

    /// Forgets the value of this key: it was changed, or its owner wants it gone.
    pub fn forget<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) {
        self.values.remove(key);
    }

    /// How many values are kept, those among them that are too old to be served.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<V> Kept<V> {
    /// The value.
    pub const fn value(&self) -> &V {
        &self.value
    }

    /// The value, without its age.
    pub fn into_value(self) -> V {
        self.value
    }

    /// How long ago the service gave it.
    pub const fn age(&self) -> Duration {
        self.age
    }
}

impl<K, V> fmt::Debug for LastGood<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastGood")
            .field("name", &self.breaker.name())
            .field("max_age", &self.max_age)
            .finish_non_exhaustive()
    }
}
