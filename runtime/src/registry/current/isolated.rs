//! The registry of an isolated test, found by the polled future or by the tokio
//! runtime.

use once_cell::sync::OnceCell;

use crate::{
    registry::{
        Registry,
        current::{on_runtime, polled},
    },
    sync::{StaticMutex, lock_static},
};

/// Returns the registry of the isolated test that this code belongs to.
#[inline]
pub(crate) fn current() -> Option<Registry> {
    polled::current().or_else(on_runtime::current)
}

/// One value for each registry, made on first use and never dropped.
///
/// Call sites need `'static` references, and a test process ends soon. An entry holds its registry,
/// so that no later registry has the same address.
#[derive(Debug)]
pub(crate) struct PerRegistry<T: 'static> {
    global: OnceCell<T>,
    isolated: StaticMutex<Vec<(Registry, &'static T)>>,
}

impl<T: 'static> PerRegistry<T> {
    pub(crate) const fn new() -> Self {
        Self {
            global: OnceCell::new(),
            isolated: StaticMutex::new(Vec::new()),
        }
    }

    /// Returns the value of this registry, or of the global one for `None`.
    #[inline]
    pub(crate) fn get_or_make(&self, current: Option<&Registry>, make: impl FnOnce(&Registry) -> T) -> &T {
        match (current, self.global.get()) {
            (Some(registry), _) => self.isolated(registry, make),
            (None, Some(value)) => value,
            (None, None) => self.make(make),
        }
    }

    /// Makes the value outside the cell.
    ///
    /// `make` may run user code, which may call this function again.
    #[cold]
    fn make(&self, make: impl FnOnce(&Registry) -> T) -> &T {
        let value = make(Registry::global());
        self.global.get_or_init(|| value)
    }

    /// Like [`make`](Self::make), outside the lock.
    fn isolated(&self, registry: &Registry, make: impl FnOnce(&Registry) -> T) -> &'static T {
        if let Some(value) = self.find(registry) {
            return value;
        }
        let new: &'static T = Box::leak(Box::new(make(registry)));
        let mut isolated = lock_static(&self.isolated);
        // Another thread, or user code in `make`, may have made a value meanwhile.
        if let Some((_, first)) = isolated.iter().find(|(other, _)| other.is(registry)) {
            return first;
        }
        isolated.push((registry.clone(), new));
        new
    }

    fn find(&self, registry: &Registry) -> Option<&'static T> {
        let isolated = lock_static(&self.isolated);
        let found = isolated.iter().find(|(other, _)| other.is(registry));
        found.map(|(_, value)| *value)
    }
}
