//! The one door to atomics and locks: those of std, or those of loom under
//! `--cfg fusebox_loom`.

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
    atomic::{Ordering, fence},
};

#[cfg(fusebox_loom)]
pub(crate) use searched::AtomicU64;

use std::sync::PoisonError;

/// Locks, whatever happened to an earlier holder.
///
/// No user code ever runs under one of our locks, so a poisoned one guards sound data.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Atomics whose loads, too, are points where loom switches threads.
#[cfg(fusebox_loom)]
mod searched {
    use loom::sync::atomic::{self, Ordering};

    /// An atomic for models.
    ///
    /// loom 0.7 keeps the last access to each atomic only. If a thread loads and then stores, its
    /// own load hides the earlier load of another thread, and loom never runs the store before that
    /// load: a trip before an admission, for example. So each load first exchanges nothing in a
    /// second atomic, which conflicts with every other load.
    #[derive(Debug, Default)]
    pub(crate) struct AtomicU64 {
        value: atomic::AtomicU64,
        turn: atomic::AtomicU64,
    }

    impl AtomicU64 {
        pub(crate) fn new(value: u64) -> Self {
            Self {
                value: atomic::AtomicU64::new(value),
                turn: atomic::AtomicU64::new(0),
            }
        }

        pub(crate) fn load(&self, order: Ordering) -> u64 {
            self.turn.fetch_or(0, Ordering::Relaxed);
            self.value.load(order)
        }

        pub(crate) fn store(&self, value: u64, order: Ordering) {
            self.value.store(value, order);
        }

        pub(crate) fn swap(&self, value: u64, order: Ordering) -> u64 {
            self.value.swap(value, order)
        }

        pub(crate) fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
            self.value.fetch_add(value, order)
        }

        pub(crate) fn fetch_sub(&self, value: u64, order: Ordering) -> u64 {
            self.value.fetch_sub(value, order)
        }

        pub(crate) fn compare_exchange(
            &self,
            from: u64,
            to: u64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u64, u64> {
            self.value.compare_exchange(from, to, success, failure)
        }

        pub(crate) fn compare_exchange_weak(
            &self,
            from: u64,
            to: u64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u64, u64> {
            self.value.compare_exchange_weak(from, to, success, failure)
        }
    }
}
