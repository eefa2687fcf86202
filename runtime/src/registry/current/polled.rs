//! The registry of the isolated future that this thread polls.

use std::cell::RefCell;

use crate::{poll_scope, registry::Registry, sync::const_thread_local};

const_thread_local! {
    static POLLED: RefCell<Option<Registry>> = RefCell::new(None);
}

/// Returns the registry, if the thread polls an isolated future.
#[inline]
pub(super) fn current() -> Option<Registry> {
    poll_scope::current(&POLLED)
}

/// Runs `poll` with this registry, and then restores the previous one.
pub(crate) fn within<R>(registry: Option<&Registry>, poll: impl FnOnce() -> R) -> R {
    poll_scope::within(&POLLED, registry.cloned(), poll)
}
