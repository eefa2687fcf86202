//! The store of the last good values.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use fusebox::{CircuitBreaker, Clock, Registry, Sleep, last_good::LastGood, testing::ManualClock};
use fusebox_tests::hostile::{Hook, Key, Mischief, Place, Value, attack};

use crate::hostile::clocks::HostileClock;

const MINUTE: Duration = Duration::from_secs(60);

/// A store that holds the value of key 1.
struct Store {
    kept: LastGood<Key, Value>,
    mischief: Arc<Mischief>,
}

impl Store {
    fn new(mischief: &Arc<Mischief>, breaker: &CircuitBreaker, capacity: usize) -> Self {
        let kept = LastGood::with_capacity(breaker, MINUTE, capacity);
        let mischief = Arc::clone(mischief);
        let store = Self { kept, mischief };
        store.keep(1, 1);
        store
    }

    fn hostile(mischief: &Arc<Mischief>, capacity: usize) -> Self {
        let clock = HostileClock(Arc::clone(mischief));
        let registry = Registry::builder().clock(clock).build();
        let breaker = registry.breaker("kept").build().expect("legal");
        Self::new(mischief, &breaker, capacity)
    }

    fn key(&self, id: u64) -> Key {
        Key::new(id, &self.mischief)
    }

    fn keep(&self, id: u64, number: u64) {
        self.kept.keep(self.key(id), Value::new(number, &self.mischief));
    }

    fn serve(&self, id: u64) -> Option<u64> {
        let kept = self.kept.serve(&self.key(id))?;
        Some(kept.value().number())
    }

    /// Uses keys that no action uses, and the key that all of them use.
    fn probe(&self) {
        self.keep(2, 20);
        self.keep(1, 10);
        assert_eq!(self.serve(1), Some(10));
        self.kept.forget(&self.key(2));
        assert_eq!(self.serve(2), None);
        assert!(self.kept.len() < 10);
    }
}

macro_rules! place {
    ($(#[$doc:meta])* $name:ident, $hooks:expr, $capacity:literal, |$store:ident| $act:expr) => {
        $(#[$doc])*
        struct $name(Store);

        impl Place for $name {
            const HOOKS: &'static [Hook] = &$hooks;

            fn new(mischief: &Arc<Mischief>) -> Self {
                Self(Store::hostile(mischief, $capacity))
            }

            fn act(&self) {
                let $store = &self.0;
                $act;
            }

            fn probe(&self) {
                self.0.probe();
            }
        }
    };
}

place!(
    /// Keeps a value in place of another one.
    Keeping, [Hook::Hash, Hook::Eq, Hook::DropKey, Hook::DropValue, Hook::Clock], 10, |store| store.keep(1, 2)
);
place!(
    /// Keeps a value, for which another one makes room.
    Evicting, [Hook::Hash, Hook::DropKey, Hook::DropValue, Hook::Clock], 2,
    |store| (3..50).for_each(|id| store.keep(id, id))
);
place!(
    /// Serves a value.
    Serving, [Hook::Hash, Hook::Eq, Hook::CloneValue, Hook::Clock], 10, |store| store.serve(1)
);
place!(
    /// Deletes a value.
    Forgetting, [Hook::Hash, Hook::Eq, Hook::DropKey, Hook::DropValue], 10,
    |store| store.kept.forget(&store.key(1))
);

#[test]
fn keeping_holds_no_lock_while_user_code_runs() {
    attack::<Keeping>();
}

#[test]
fn making_room_holds_no_lock_while_user_code_runs() {
    attack::<Evicting>();
}

#[test]
fn serving_holds_no_lock_while_user_code_runs() {
    attack::<Serving>();
}

#[test]
fn forgetting_holds_no_lock_while_user_code_runs() {
    attack::<Forgetting>();
}

/// Serves a value that is too old, which removes it.
struct Expiring {
    store: Store,
    clock: ManualClock,
}

impl Place for Expiring {
    const HOOKS: &'static [Hook] = &[Hook::Hash, Hook::Eq, Hook::DropKey, Hook::DropValue];

    fn new(mischief: &Arc<Mischief>) -> Self {
        let clock = ManualClock::new();
        let registry = Registry::builder().clock(clock.clone()).build();
        let breaker = registry.breaker("kept").build().expect("legal");
        let store = Store::new(mischief, &breaker, 10);
        clock.advance(MINUTE * 2);
        Self { store, clock }
    }

    fn act(&self) {
        let _ = self.store.serve(1);
    }

    fn probe(&self) {
        self.store.probe();
        self.clock.advance(Duration::from_nanos(1));
    }
}

#[test]
fn removing_an_old_value_holds_no_lock_while_user_code_runs() {
    attack::<Expiring>();
}

/// Does something while it is read for the second time.
struct MeanwhileClock(Mutex<Vec<Box<dyn FnOnce() + Send>>>);

impl Clock for &'static MeanwhileClock {
    fn now(&self) -> Duration {
        let deed = self.0.lock().expect("no panic under it").pop();
        deed.map_or(Duration::ZERO, |deed| {
            deed();
            MINUTE * 2
        })
    }

    fn sleep_until(&self, _: Duration) -> Sleep {
        Box::pin(std::future::pending())
    }
}

/// 1. A thread finds an old value, and reads the clock.
/// 2. Another thread keeps a new value of the same key.
/// 3. The first thread removes what it has found.
#[test]
fn serving_never_removes_a_value_that_was_kept_meanwhile() {
    let clock: &'static MeanwhileClock = Box::leak(Box::new(MeanwhileClock(Mutex::default())));
    let registry = Registry::builder().clock(clock).build();
    let breaker = registry.breaker("kept").build().expect("legal");
    let kept: &'static LastGood<u8, &str> = Box::leak(Box::new(LastGood::new(&breaker, MINUTE)));
    kept.keep(1, "old");
    let keep = Box::new(|| kept.keep(1, "new"));
    clock.0.lock().expect("no panic under it").push(keep);
    assert_eq!(kept.serve(&1), None, "it is too old");
    assert_eq!(kept.serve(&1).map(|kept| *kept.value()), Some("new"));
}

/// Its `Hash` is legal, and useless.
#[derive(Debug, PartialEq, Eq)]
struct SameHash(u64);

impl std::hash::Hash for SameHash {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

#[test]
fn keys_with_equal_hashes_are_distinct_and_bounded() {
    let breaker = Registry::new().breaker("kept").build().expect("legal");
    for (capacity, held) in [(1, 1), (4, 2), (1000, 8)] {
        let kept = LastGood::with_capacity(&breaker, MINUTE, capacity);
        for id in 0..100 {
            kept.keep(SameHash(id), id);
            kept.keep(SameHash(id), id + 1000);
        }
        assert_eq!(kept.len(), held);
        for id in 0..100 {
            let value = kept
                .serve(&SameHash(id))
                .map(fusebox::last_good::Kept::into_value);
            let is_new = id + held as u64 >= 100;
            assert_eq!(value, is_new.then_some(id + 1000));
        }
        (0..100).for_each(|id| kept.forget(&SameHash(id)));
        assert!(kept.is_empty());
    }
}
