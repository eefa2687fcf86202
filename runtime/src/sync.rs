//! The one door to atomics and locks: those of std, or those of loom under `--cfg fusebox_loom`.

#[cfg(not(fusebox_loom))]
pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering, fence},
};

// Of std in the models too: written under the control lock only, so there is no race to search.
pub(crate) use std::sync::OnceLock;

#[cfg(fusebox_loom)]
pub(crate) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering, fence},
};

use std::sync::PoisonError;

/// Locks, whatever happened to an earlier holder.
///
/// No user code ever runs under one of our locks, so a poisoned one guards sound data.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
