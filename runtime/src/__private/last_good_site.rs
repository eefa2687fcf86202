//! The last good values of one annotated function.

use std::{
    any::{Any, TypeId},
    fmt, mem,
    ops::Deref,
    panic::UnwindSafe,
    sync::Arc,
    time::Duration,
};

use crate::{
    __private::{
        call_site::{CallSite, Site as _},
        given::Given,
    },
    breaker::CircuitBreaker,
    classify::classifier::Classifier,
    last_good::{
        key::{WholeKey, instance_of},
        store::LastGood,
    },
    outcome::{Outcome, Verdict},
    registry::current::{self, PerRegistry},
    sync::{StaticMutex, lock_static},
};

/// A value of any type: a static cannot be generic, but the function may be.
type Erased = Arc<dyn Any + Send + Sync>;
type SiteStore = LastGood<FullKey, Erased>;

/// The identity of a value of a function: its type arguments and its key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct FullKey {
    /// All generic arguments around the function.
    instance: TypeId,
    value: TypeId,
    /// The parameters, or the expression of `last_good_key`.
    key: Option<WholeKey>,
}

/// The static of the last good values of one annotated function.
#[derive(Debug)]
pub struct LastGoodSite {
    max_age: Duration,
    capacity: u32,
    store: PerRegistry<SiteStore>,
    given: StaticMutex<Vec<Arc<SiteStore>>>,
}

/// The store of one call.
#[derive(Debug)]
enum StoreOf {
    Site(&'static SiteStore),
    Given(Arc<SiteStore>),
}

impl Deref for StoreOf {
    type Target = SiteStore;

    fn deref(&self) -> &SiteStore {
        match self {
            Self::Site(store) => store,
            Self::Given(store) => store,
        }
    }
}

impl LastGoodSite {
    /// Serves values until they are `max_age` old, and holds `capacity` keys.
    pub const fn new(max_age: Duration, capacity: u32) -> Self {
        Self {
            max_age,
            capacity,
            store: PerRegistry::new(),
            given: StaticMutex::new(Vec::new()),
        }
    }

    fn open(&self, breaker: &CircuitBreaker) -> SiteStore {
        let keys = usize::try_from(self.capacity).unwrap_or(usize::MAX);
        LastGood::with_capacity(breaker, self.max_age, keys)
    }

    /// Returns the store of a given breaker, which lives as long as the breaker.
    ///
    /// So two clients never get each other's values.
    fn given(&self, breaker: &CircuitBreaker) -> Arc<SiteStore> {
        let mut stores = lock_static(&self.given);
        if let Some(found) = stores.iter().find(|store| store.breaker().is(breaker)) {
            return Arc::clone(found);
        }
        let new = Arc::new(self.open(breaker));
        let all = mem::take(&mut *stores).into_iter();
        let (used, unused): (Vec<_>, Vec<_>) = all.partition(|store| store.breaker().is_shared());
        *stores = used;
        stores.push(Arc::clone(&new));
        drop(stores);
        // The values in them are user code, so they are dropped outside of the lock.
        drop(unused);
        new
    }

    fn store(&'static self, site: &'static CallSite) -> &'static SiteStore {
        let current = current::current();
        // Before the store is made: subscribers are notified of a conflict, and may call back.
        let breaker = site.breaker_in(current.as_ref());
        self.store.get_or_make(current.as_ref(), |_| self.open(breaker))
    }
}

/// A call site, or a given breaker, as the owner of a store.
pub trait KeepsValues {
    /// Returns the store.
    fn keeper(self, kept: &'static LastGoodSite) -> Keeper;
}

/// The store of one call, for the entry that is made of it.
#[derive(Debug)]
pub struct Keeper(StoreOf);

impl KeepsValues for &'static CallSite {
    fn keeper(self, kept: &'static LastGoodSite) -> Keeper {
        Keeper(StoreOf::Site(kept.store(self)))
    }
}

impl KeepsValues for Given<'_> {
    fn keeper(self, kept: &'static LastGoodSite) -> Keeper {
        Keeper(StoreOf::Given(kept.given(self.breaker())))
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
    /// The type of the kept values.
    type Value: KeptValue;
    /// Returns the value, if there is one.
    fn value(&self) -> Option<&Self::Value>;
    /// Returns the answer again.
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

/// The kept value of one call.
///
/// A success is kept here, and a fallback is served from here.
pub struct Entry<R>(Arc<Slot<R>>);

struct Slot<R> {
    store: StoreOf,
    key: FullKey,
    // Functions, so that their uses have no bounds: one missing bound is one error of the compiler.
    erase: fn(&R) -> Option<Erased>,
    restore: fn(&Erased) -> Option<R>,
}

/// Returns the entry of this key.
///
/// `instance` is a closure in the function, see `instance_of`.
pub fn last_good<R: Keepable>(
    site: impl KeepsValues,
    kept: &'static LastGoodSite,
    key: Option<WholeKey>,
    instance: impl Fn() + 'static,
) -> Entry<R> {
    Entry(Arc::new(Slot {
        store: site.keeper(kept).0,
        key: FullKey {
            instance: instance_of(&instance),
            value: TypeId::of::<R::Value>(),
            key,
        },
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
    /// Returns the entry twice: one serves, the other one keeps.
    pub fn twice(self) -> (Self, Self) {
        let other = Self(Arc::clone(&self.0));
        (self, other)
    }

    /// Classifies like `classifier`, and keeps the value of a success.
    pub fn keeping<C: Classifier<R> + Unpin>(self, classifier: C) -> impl Classifier<R> + Unpin {
        Keeping {
            entry: self,
            classifier,
        }
    }

    /// Returns the kept value, if it is young enough.
    pub fn serve(self) -> Option<R> {
        let slot = &*self.0;
        (slot.restore)(slot.store.serve(&slot.key)?.value())
    }
}

/// See [`Entry::keeping`].
struct Keeping<R, C> {
    entry: Entry<R>,
    classifier: C,
}

impl<R, C: Classifier<R>> Classifier<R> for Keeping<R, C> {
    fn classify(&mut self, answer: &R) -> Verdict {
        let verdict = self.classifier.classify(answer);
        let slot = &self.entry.0;
        if verdict.outcome() == Outcome::Success
            && let Some(value) = (slot.erase)(answer)
        {
            slot.store.keep(slot.key.clone(), value);
        }
        verdict
    }
}

// A panic leaves no half of an entry behind: it is stored by one call, and the store outlives the
// future anyway.
impl<R> UnwindSafe for Entry<R> {}

impl<R> fmt::Debug for Entry<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("store", &*self.0.store)
            .finish_non_exhaustive()
    }
}
