//! The kept values of one annotated function, whatever their types: a static cannot be generic, the function may be.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use once_cell::sync::OnceCell;

use super::{key::Key, store::LastGood};
use crate::{call_site::CallSite, classify::Verdict, isolation, outcome::Outcome, registry::Registry};

type Store = LastGood<Key, Arc<dyn Any + Send + Sync>>;

/// The static of the kept values of one annotated function.
#[derive(Debug)]
pub struct LastGoodSite {
    max_age: Duration,
    capacity: u32,
    store: OnceCell<Store>,
}

/// Stores of functions that were called in isolated registries, kept like their breakers.
static ISOLATED: LazyLock<Mutex<HashMap<(usize, usize), &'static Store>>> = LazyLock::new(Mutex::default);

impl LastGoodSite {
    /// Values are served for `max_age`, and `capacity` keys are held.
    pub const fn new(max_age: Duration, capacity: u32) -> Self {
        Self {
            max_age,
            capacity,
            store: OnceCell::new(),
        }
    }

    fn store(&'static self, site: &'static CallSite) -> &'static Store {
        match isolation::current() {
            None => self.store.get_or_init(|| self.open(site)),
            Some(registry) => self.isolated(&registry, site),
        }
    }

    fn open(&self, site: &'static CallSite) -> Store {
        let keys = usize::try_from(self.capacity).unwrap_or(usize::MAX);
        LastGood::with_capacity(site.breaker(), self.max_age, keys)
    }

    fn isolated(&'static self, registry: &Registry, site: &'static CallSite) -> &'static Store {
        // The look-up of the breaker keeps the registry, so its address is never another one's.
        let _ = site.breaker();
        let key = (registry.address(), std::ptr::from_ref(self).addr());
        ISOLATED
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(key)
            .or_insert_with(|| Box::leak(Box::new(self.open(site))))
    }
}

/// A value that can be kept.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept as a last good value",
    label = "needs `Clone + Send + Sync + 'static`",
    note = "derive `Clone` for it, or return it in an `Arc`"
)]
pub trait KeptValue: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> KeptValue for T {}

/// The kept value of one call: where it goes when the call succeeds, and where it comes from when it fails.
#[derive(Debug, Clone)]
pub struct Entry {
    store: &'static Store,
    key: Key,
}

/// The entry of this key, for a function that returns `Result<T, E>`.
///
/// The type of the value is part of the key: a generic function has one value per type.
pub fn last_good<T: KeptValue, E, K>(site: &'static CallSite, kept: &'static LastGoodSite, key: K) -> Entry
where
    K: Hash + Eq + Send + Sync + 'static,
{
    Entry {
        store: kept.store(site),
        key: Key::new((TypeId::of::<T>(), key)),
    }
}

impl Entry {
    /// The same judgement, and an `Ok` that it calls a success is kept.
    pub fn keeping<T: KeptValue, E, V: Into<Verdict>>(
        &self,
        judge: impl FnOnce(&Result<T, E>) -> V + Unpin,
    ) -> impl FnOnce(&Result<T, E>) -> Verdict + Unpin {
        let Self { store, key } = self.clone();
        move |result: &Result<T, E>| {
            let verdict = judge(result).into();
            if let (Outcome::Success, Ok(value)) = (verdict.outcome(), result) {
                store.keep(key, Arc::new(value.clone()));
            }
            verdict
        }
    }

    /// The value that was kept, if it is young enough.
    pub fn serve<T: KeptValue, E>(&self) -> Option<Result<T, E>> {
        let kept = self.store.serve(&self.key)?;
        kept.value().downcast_ref::<T>().cloned().map(Ok)
    }
}
