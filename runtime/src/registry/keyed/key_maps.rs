//! The breakers of a group, found by key.

use std::sync::Arc;

use dashmap::{DashMap, mapref::one::Ref};

use crate::{
    registry::keyed::{hash::KeyHashing, map_key::MapKey, number::Number, slots::KeyedSlot},
    sync::OnceLock,
};

/// Two concurrent maps: one by text, one by number.
///
/// A number is hashed and compared in a few instructions. In one map with the texts, it would cost
/// as much as a text.
pub(super) struct KeyMaps {
    texts: DashMap<Arc<[u8]>, Arc<KeyedSlot>, KeyHashing>,
    /// Made for the first number: an empty map has 128 bytes for each part.
    numbers: OnceLock<DashMap<Number, Arc<KeyedSlot>, KeyHashing>>,
}

impl KeyMaps {
    pub(super) fn new() -> Self {
        Self {
            texts: DashMap::with_hasher(KeyHashing::new()),
            numbers: OnceLock::new(),
        }
    }

    /// Locks a part of the map until the reference is dropped.
    #[inline]
    pub(super) fn of_text(&self, text: &[u8]) -> Option<Ref<'_, Arc<[u8]>, Arc<KeyedSlot>>> {
        self.texts.get(text)
    }

    /// Like [`of_text`](Self::of_text).
    #[inline]
    pub(super) fn of_number(&self, number: Number) -> Option<Ref<'_, Number, Arc<KeyedSlot>>> {
        self.numbers.get()?.get(&number)
    }

    pub(super) fn insert(&self, entry: Arc<KeyedSlot>) {
        match entry.key.clone() {
            MapKey::Text(text) => self.texts.insert(text, entry),
            MapKey::Number(number) => {
                let make = || DashMap::with_hasher(KeyHashing::new());
                self.numbers.get_or_init(make).insert(number, entry)
            }
        };
    }

    /// Removes an entry. Waits for each look-up that has found it.
    pub(super) fn remove(&self, key: &MapKey) {
        match key {
            MapKey::Text(text) => drop(self.texts.remove(text)),
            MapKey::Number(number) => drop(self.numbers.get().map(|map| map.remove(number))),
        }
    }
}
