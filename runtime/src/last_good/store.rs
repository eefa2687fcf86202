//! Values by key, each with the moment at which it was kept.

use std::{borrow::Borrow, fmt, hash::Hash, time::Duration};

use crate::{
    breaker::CircuitBreaker,
    last_good::{entries::Entries, kept_at::KeptAt, observe},
};

/// The default capacity.
const CAPACITY: usize = 1024;

/// The last good values of one function or call, by key.
///
/// | | |
/// |---|---|
/// | size | 1024 keys, or [`with_capacity`](Self::with_capacity); unused keys make room |
/// | age | by the breaker's clock or by the wall clock, whichever is larger |
/// | serving | does not refresh: a value is served until it is `max_age` old, however often |
///
/// The wall clock counts because the monotonic clock of a suspended machine stands still: after
/// the machine resumes, an hour-old value must not look fresh. Tests replace it with
/// [`Clock::wall_clock`](crate::Clock::wall_clock).
///
/// `Hash`, `Eq`, `Clone` and `Drop` of keys and values run with no lock held. They may use the
/// store, and a panic in them affects only the call that runs them. Of keys with equal
/// hashes, at most 8 are kept.
///
/// # Cost
/// [`keep`](Self::keep) allocates an entry and stores it in a sharded cache. Nothing runs in the
/// background.
pub struct LastGood<K, V> {
    breaker: CircuitBreaker,
    max_age: Duration,
    entries: Entries<K, (V, KeptAt)>,
}

/// A value that was kept, and its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kept<V> {
    value: V,
    age: Duration,
}

impl<K, V> LastGood<K, V> {
    /// Returns the breaker whose calls are kept.
    pub(crate) fn breaker(&self) -> &CircuitBreaker {
        &self.breaker
    }
}

impl<K: Hash + Eq, V: Clone> LastGood<K, V> {
    /// Makes a store of up to 1024 values for calls of this breaker.
    ///
    /// Each value is served until it is `max_age` old.
    pub fn new(breaker: &CircuitBreaker, max_age: Duration) -> Self {
        Self::with_capacity(breaker, max_age, CAPACITY)
    }

    /// Like [`new`](Self::new), for up to `keys` values.
    #[must_use]
    pub fn with_capacity(breaker: &CircuitBreaker, max_age: Duration, keys: usize) -> Self {
        Self {
            breaker: breaker.clone(),
            max_age,
            entries: Entries::new(keys),
        }
    }

    /// Keeps a good value, in place of the previous one of this key.
    pub fn keep(&self, key: K, value: V) {
        let now = KeptAt::now(&self.breaker);
        self.entries.put(key, (value, now));
    }

    /// Returns the value of this key, if it is at most `max_age` old.
    ///
    /// The answer is counted in [`Totals::last_good`](crate::Totals::last_good), and
    /// [`observe`](super::observe()) reports it.
    pub fn serve<Q>(&self, key: &Q) -> Option<Kept<V>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let entry = self.entries.get(key)?;
        let (value, kept_at) = &entry.value;
        let age = KeptAt::now(&self.breaker).since(*kept_at);
        if age > self.max_age {
            self.entries.remove_entry(key, &entry);
            return None;
        }
        let value = value.clone();
        self.breaker.engine().count_last_good();
        observe::report(self.breaker.full_name(), age);
        Some(Kept { value, age })
    }

    /// Removes the value of this key, for example because it has changed.
    pub fn forget<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.entries.remove(key);
    }

    /// Returns how many values are kept, including those that are too old.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no value is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<V> Kept<V> {
    /// Returns the value.
    pub const fn value(&self) -> &V {
        &self.value
    }

    /// Returns the value without its age.
    pub fn into_value(self) -> V {
        self.value
    }

    /// Returns how long ago the value was kept.
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
