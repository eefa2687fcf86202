//! The kept values of one annotated function, whatever their types: a static cannot be generic, the function may be.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::Duration,
};

use once_cell::sync::OnceCell;

use crate::last_good::{key::Key, store::LastGood};
use crate::{
    __private::call_site::CallSite,
    classify::classifier::Judge,
    outcome::{Outcome, Verdict},
    registry::{Registry, current},
};

type Erased = Arc<dyn Any + Send + Sync>;
type Store = LastGood<(TypeId, Option<Key>), Erased>;

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
        match current::current() {
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

/// Return types whose good value can be kept.
#[diagnostic::on_unimplemented(
    message = "`last_good` keeps `Ok` values, but `{Self}` is not a `Result`",
    label = "not a `Result`",
    note = "answer with a `fallback` instead"
)]
pub trait Keepable: Sized {
    /// What is kept.
    type Value: KeptValue;
    /// The value, if there is one.
    fn value(&self) -> Option<&Self::Value>;
    /// The answer again.
    fn from_value(value: Self::Value) -> Self;
}

impl<T: KeptValue, E> Keepable for Result<T, E> {
    type Value = T;

    fn value(&self) -> Option<&T> {
        self.as_ref().ok()
    }

    fn from_value(value: T) -> Self {
        Ok(value)
    }
}

/// The kept value of one call: where it goes when the call succeeds, and where it comes from when it fails.
pub struct Entry<R>(Arc<Location<R>>);

struct Location<R> {
    store: &'static Store,
    key: (TypeId, Option<Key>),
    // Known when it is made, so that no later use has a bound left to report a second time.
    erase: fn(&R) -> Option<Erased>,
    restore: fn(&Erased) -> Option<R>,
}

/// The entry of this key.
///
/// The type of the value is part of the key: a generic function has one value per type.
pub fn last_good<R: Keepable>(
    site: &'static CallSite,
    kept: &'static LastGoodSite,
    key: Option<Key>,
) -> Entry<R> {
    Entry(Arc::new(Location {
        store: kept.store(site),
        key: (TypeId::of::<R::Value>(), key),
        erase: |result| {
            let value = result.value()?.clone();
            Some(Arc::new(value))
        },
        restore: |value| {
            let value: &R::Value = value.downcast_ref()?;
            Some(R::from_value(value.clone()))
        },
    }))
}

impl<R> Entry<R> {
    /// One to keep by and one to serve from.
    pub fn twice(self) -> (Self, Self) {
        let other = Self(Arc::clone(&self.0));
        (self, other)
    }

    /// The same judgement, and a value that it calls a success is kept.
    pub fn keeping<J: Judge<R> + Unpin>(self, judge: J) -> impl Judge<R> + Unpin {
        Keeping { entry: self, judge }
    }

    /// The value that was kept, if it is young enough.
    pub fn serve(self) -> Option<R> {
        let Location {
            store, key, restore, ..
        } = &*self.0;
        restore(store.serve(key)?.value())
    }
}

/// See [`Entry::keeping`].
struct Keeping<R, J> {
    entry: Entry<R>,
    judge: J,
}

impl<R, J: Judge<R>> Judge<R> for Keeping<R, J> {
    fn judge(self, answer: &R) -> Verdict {
        let verdict = self.judge.judge(answer);
        let place = self.entry.0;
        if verdict.outcome() == Outcome::Success
            && let Some(value) = (place.erase)(answer)
        {
            place.store.keep(place.key.clone(), value);
        }
        verdict
    }
}

impl<R> fmt::Debug for Entry<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("store", &self.0.store)
            .finish_non_exhaustive()
    }
}
