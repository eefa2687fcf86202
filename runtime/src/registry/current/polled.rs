//! The registry of the isolated future that this thread polls.

use std::cell::RefCell;

use crate::registry::Registry;

thread_local! {
    static CURRENT: RefCell<Option<Registry>> = const { RefCell::new(None) };
}

/// Returns the registry, if the thread polls an isolated future.
#[inline]
pub(super) fn current() -> Option<Registry> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

/// Runs `poll` with this registry, and then restores the previous one.
pub(crate) fn within<R>(registry: Option<&Registry>, poll: impl FnOnce() -> R) -> R {
    let _restore = Restore(replace(registry.cloned()));
    poll()
}

/// Restores the previous registry, also if the poll panics.
struct Restore(Option<Registry>);

impl Drop for Restore {
    fn drop(&mut self) {
        drop(replace(self.0.take()));
    }
}

/// Replaces the current one. While the thread ends, it does nothing.
fn replace(registry: Option<Registry>) -> Option<Registry> {
    CURRENT
        .try_with(|current| current.replace(registry))
        .ok()
        .flatten()
}
