//! Entries by key, in a bounded cache that runs no user code under a lock.
//!
//! The cache holds its lock while it hashes and compares keys. So its keys are hashes that are
//! computed before, and its values are chains: all entries with this hash, newest first. A chain is
//! copied out of the cache before its keys are compared, and it is never changed, only replaced.
//!
//! `keep` and `forget` work in three steps:
//!
//! 1. Copy the chain (lock).
//! 2. Compare its keys (user code, no lock).
//! 3. Replace the chain by one without the entries that step 2 has found (lock). Entries are found
//!    again by their address, so what another thread has put there meanwhile stays.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash, RandomState},
    mem, slice,
    sync::Arc,
};

use quick_cache::{
    DefaultHashBuilder, Lifecycle, OptionsBuilder, Weighter,
    sync::{Cache, EntryAction, EntryResult},
};

/// How many keys with one hash are held; a second one is rare.
const LONGEST_CHAIN: usize = 8;

/// All entries of a store.
pub(super) struct Entries<K, V> {
    hasher: RandomState,
    chains: Cache<u64, Chain<K, V>, ByLength, DefaultHashBuilder, AfterUnlock>,
    longest: usize,
}

/// A key and what is kept for it.
pub(super) struct KeptEntry<K, V> {
    pub(super) key: K,
    pub(super) value: V,
}

type Chain<K, V> = Arc<[Arc<KeptEntry<K, V>>]>;

impl<K: Hash + Eq, V> Entries<K, V> {
    /// Holds up to `keys` entries.
    pub(super) fn new(keys: usize) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(keys)
            .weight_capacity(keys as u64)
            .build()
            .expect("both numbers are given");
        let chains = Cache::with_options(options, ByLength, DefaultHashBuilder::default(), AfterUnlock);
        // A chain that does not fit into a shard would never be held.
        let half_a_shard = usize::try_from(chains.shard_capacity() / 2).unwrap_or(usize::MAX);
        Self {
            hasher: RandomState::new(),
            chains,
            longest: half_a_shard.clamp(1, LONGEST_CHAIN),
        }
    }

    /// Returns the newest entry of this key.
    pub(super) fn get<Q>(&self, key: &Q) -> Option<Arc<KeptEntry<K, V>>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let chain = self.chains.get(&self.hash(key))?;
        let found = chain.iter().find(|entry| entry.key.borrow() == key);
        found.cloned()
    }

    /// Puts an entry in place of those with the same key.
    pub(super) fn put(&self, key: K, value: V) {
        let hash = self.hash(&key);
        let same = self.all(hash, &key);
        let new = Arc::new(KeptEntry { key, value });
        self.replace(hash, Some(&new), &same);
    }

    /// Removes the entries of this key.
    pub(super) fn remove<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let hash = self.hash(key);
        let same = self.all(hash, key);
        if !same.is_empty() {
            self.replace(hash, None, &same);
        }
    }

    /// Removes this entry, but not a newer one of the same key.
    pub(super) fn remove_entry<Q: Hash + ?Sized>(&self, key: &Q, entry: &Arc<KeptEntry<K, V>>) {
        self.replace(self.hash(key), None, slice::from_ref(entry));
    }

    /// Returns how many entries there are.
    pub(super) fn len(&self) -> usize {
        usize::try_from(self.chains.weight()).unwrap_or(usize::MAX)
    }

    fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u64 {
        self.hasher.hash_one(key)
    }

    /// Returns the entries of this key.
    ///
    /// There are several if threads have put them at the same time.
    fn all<Q>(&self, hash: u64, key: &Q) -> Vec<Arc<KeptEntry<K, V>>>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let chain = self.chains.get(&hash);
        let entries = chain.iter().flat_map(|chain| chain.iter());
        entries
            .filter(|entry| entry.key.borrow() == key)
            .cloned()
            .collect()
    }

    /// Replaces the chain of this hash: `new` is put in, `old` is taken out.
    fn replace(&self, hash: u64, new: Option<&Arc<KeptEntry<K, V>>>, old: &[Arc<KeptEntry<K, V>>]) {
        let replace = |chain: &[Arc<KeptEntry<K, V>>]| -> Chain<K, V> {
            let kept = chain
                .iter()
                .filter(|entry| !old.iter().any(|old| Arc::ptr_eq(entry, old)));
            new.into_iter().chain(kept).take(self.longest).cloned().collect()
        };
        // No user code runs in the closure: it copies references. What it removes is returned, and
        // dropped here, behind the lock.
        let result = self.chains.entry(&hash, None, |_, chain| {
            let replaced = replace(chain);
            if replaced.is_empty() {
                EntryAction::Remove
            } else {
                EntryAction::Retain(mem::replace(chain, replaced))
            }
        });
        if let (EntryResult::Vacant(place), Some(_)) = (result, new) {
            // An error means that another thread has emptied the cache meanwhile.
            drop(place.insert(replace(&[])));
        }
    }
}

/// A chain takes as much room as it has entries.
#[derive(Clone)]
struct ByLength;

impl<K, V> Weighter<u64, Chain<K, V>> for ByLength {
    fn weight(&self, _: &u64, chain: &Chain<K, V>) -> u64 {
        chain.len() as u64
    }
}

/// Collects the chains that make room, to drop them after the lock.
#[derive(Clone)]
struct AfterUnlock;

impl<K, V> Lifecycle<u64, Chain<K, V>> for AfterUnlock {
    type RequestState = Vec<Chain<K, V>>;

    fn on_evict(&self, evicted: &mut Self::RequestState, _: u64, chain: Chain<K, V>) {
        evicted.push(chain);
    }
}
