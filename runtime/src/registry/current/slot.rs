//! The registry of the future that is being polled on this thread.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use crate::{
    breaker::CircuitBreaker,
    registry::{Declaration, Registry},
};

thread_local! {
    static CURRENT: RefCell<Option<Registry>> = const { RefCell::new(None) };
}

/// The registry of the isolation that is being polled on this thread.
#[inline]
pub(crate) fn current() -> Option<Registry> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

type Found = HashMap<(usize, usize), (&'static CircuitBreaker, Registry)>;

/// The breakers that call sites found in isolated registries: kept, like the breakers of the global one, for the life of the
/// process. A call site wants a reference without end, and a test process ends soon. The registry is kept with it, so that its address
/// is never another one's.
static FOUND: LazyLock<Mutex<Found>> = LazyLock::new(Mutex::default);

pub(crate) fn breaker_of(registry: &Registry, declaration: &'static Declaration) -> &'static CircuitBreaker {
    let key = (registry.address(), std::ptr::from_ref(declaration).addr());
    if let Some((breaker, _)) = FOUND.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return breaker;
    }
    let breaker: &'static CircuitBreaker = Box::leak(Box::new(registry.resolve(declaration)));
    FOUND
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(key, (breaker, registry.clone()));
    breaker
}

/// Runs `poll` with this registry as the current one, and puts the one before back, also when it panics.
pub(crate) fn within<R>(registry: Option<&Registry>, poll: impl FnOnce() -> R) -> R {
    struct Restore(Option<Registry>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _restore = Restore(CURRENT.replace(registry.cloned()));
    poll()
}
