//! The choice of the breaker of a full group that is evicted.

use std::sync::{Arc, Weak};

use crate::{engine::Engine, registry::keyed::map_key::MapKey, sync::UnmodelledU64};

/// How many breakers are compared for one eviction.
const SAMPLE: usize = 64;

/// One key of a group, and its breaker.
pub(super) struct KeyedSlot {
    pub(super) key: MapKey,
    pub(super) engine: Arc<Engine>,
    /// A reading of the group's [`UseClock`] at its last use.
    pub(super) last_use: UnmodelledU64,
}

/// The breakers of a group in a ring, without an order.
pub(super) struct Slots {
    ring: Vec<Arc<KeyedSlot>>,
    /// Where the next search begins.
    hand: usize,
    /// How many searches of a sample have found nothing since all were searched.
    failed_searches: usize,
    evicted: u64,
    /// Evicted breakers that have handles or permits.
    held: Vec<Weak<Engine>>,
    /// The length of `held` at which dropped breakers are removed from it.
    most_held: usize,
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self {
            ring: Vec::new(),
            hand: 0,
            failed_searches: 0,
            evicted: 0,
            held: Vec::new(),
            most_held: SAMPLE,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ring.len()
    }

    pub(super) const fn evicted(&self) -> u64 {
        self.evicted
    }

    pub(super) fn entries(&self) -> &[Arc<KeyedSlot>] {
        &self.ring
    }

    pub(super) fn push(&mut self, entry: Arc<KeyedSlot>) {
        self.ring.push(entry);
    }

    /// Finds the breaker that has been idle longest among the next 64, or among
    /// all if none of these may be evicted.
    ///
    /// If none of all may be, the next searches are short: as many as it takes to pay for another
    /// long one. So a search compares 128 breakers on average, however many keys find no room.
    pub(super) fn longest_idle(&mut self) -> Option<usize> {
        let all = self.ring.len();
        let found = self.search(SAMPLE.min(all));
        if found.is_some() {
            self.failed_searches = 0;
            return found;
        }
        self.failed_searches += 1;
        if SAMPLE < all && (self.failed_searches == 1 || self.failed_searches * SAMPLE >= all) {
            let found = self.search(all);
            self.failed_searches = usize::from(found.is_none());
            // The next search begins where this one has found something.
            self.hand = found.unwrap_or(self.hand);
            return found;
        }
        None
    }

    fn search(&mut self, count: usize) -> Option<usize> {
        let mut longest: Option<(u64, usize)> = None;
        for step in 0..count {
            let index = (self.hand + step) % self.ring.len();
            let entry = &self.ring[index];
            let last_use = entry.last_use.load();
            // Whether it is idle takes longer to find out, so that comes last.
            if longest.is_none_or(|(first, _)| last_use < first) && entry.engine.is_idle() {
                longest = Some((last_use, index));
            }
        }
        self.hand = (self.hand + count) % self.ring.len().max(1);
        longest.map(|(_, index)| index)
    }

    /// Gives the place of an evicted breaker to another one.
    pub(super) fn replace(&mut self, index: usize, entry: Arc<KeyedSlot>) -> Arc<KeyedSlot> {
        let evicted = std::mem::replace(&mut self.ring[index], entry);
        self.evicted += 1;
        // One is held by the entry itself.
        if Arc::strong_count(&evicted.engine) > 1 {
            self.hold(&evicted.engine);
        }
        evicted
    }

    fn hold(&mut self, engine: &Arc<Engine>) {
        if self.held.len() >= self.most_held {
            self.held.retain(|held| held.strong_count() > 0);
            self.most_held = SAMPLE.max(2 * self.held.len());
        }
        self.held.push(Arc::downgrade(engine));
    }

    /// Returns the evicted breakers that still exist.
    pub(super) fn held(&self) -> Vec<Arc<Engine>> {
        self.held.iter().filter_map(Weak::upgrade).collect()
    }
}

/// Numbers the uses of a group's breakers, to find the one that has been idle
/// longest.
pub(super) struct UseClock {
    now: UnmodelledU64,
    /// A use that is not older than this is not renewed.
    slack: u64,
}

impl UseClock {
    /// Makes the clock. Up to 64 keys, the order of the last uses is exact if one
    /// thread at a time uses the group.
    ///
    /// With more keys, a use is renewed only if half of the other keys were used since, so that
    /// calls with different keys do not all write to one place.
    pub(super) fn new(max_keys: u32) -> Self {
        let is_exact = max_keys as usize <= SAMPLE;
        Self {
            now: UnmodelledU64::new(0),
            slack: if is_exact { 0 } else { u64::from(max_keys / 2) },
        }
    }

    /// Notes that this breaker is used now.
    ///
    /// Two stores, and not a `fetch_add`, which takes as long as a quarter of the look-up. So two
    /// threads may take one number, and a slow thread may set the clock back. The next use of a
    /// breaker that was used later sets it forward again.
    #[inline]
    pub(super) fn note_use(&self, last_use: &UnmodelledU64) {
        let (now, before) = (self.now.load(), last_use.load());
        if now.abs_diff(before) > self.slack {
            let next = now.max(before) + 1;
            self.now.store(next);
            last_use.store(next);
        }
    }

    pub(super) fn tick(&self) -> u64 {
        self.now.increment()
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_goes_on_from_the_latest_use() {
        let uses = UseClock::new(64);
        let (early, late) = (UnmodelledU64::new(1), UnmodelledU64::new(900));
        // A thread that was slow between its two stores.
        uses.now.store(2);
        uses.note_use(&late);
        uses.note_use(&early);
        assert_eq!((late.load(), early.load(), uses.now.load()), (901, 902, 902));
    }

    #[test]
    fn a_large_group_notes_a_use_only_after_half_of_its_keys() {
        let uses = UseClock::new(100);
        let last_use = UnmodelledU64::new(0);
        for (now, noted) in [(50, 0), (51, 52), (52, 52)] {
            uses.now.store(now);
            uses.note_use(&last_use);
            assert_eq!(last_use.load(), noted, "at {now}");
        }
    }
}
