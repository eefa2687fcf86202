//! The only way to atomics, locks, threads and thread-local values: those of
//! std, or those of loom under `--cfg fusebox_loom`.

#[cfg(not(fusebox_loom))]
pub(crate) use std::{
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering, fence},
    },
    thread::LocalKey,
};

// Of std in the models too: written under the control lock only, so there is no race to search.
pub(crate) use std::sync::OnceLock;

/// A number that orders nothing, of std in the models too.
///
/// Code under the lock of a concurrent map uses it. loom does not see that lock: a switch of
/// threads there would block for ever. A `static` uses it too, because loom's atomics cannot be
/// constant.
#[derive(Debug, Default)]
pub(crate) struct UnmodelledU64(std::sync::atomic::AtomicU64);

// Relaxed, all of it: nothing is read because of the number.
impl UnmodelledU64 {
    pub(crate) const fn new(value: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(value))
    }

    #[inline]
    pub(crate) fn load(&self) -> u64 {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn store(&self, value: u64) {
        self.0.store(value, std::sync::atomic::Ordering::Relaxed);
    }

    /// Adds 1, and returns the new value.
    #[inline]
    pub(crate) fn increment(&self) -> u64 {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1
    }
}

#[cfg(fusebox_loom)]
pub(crate) use loom::{
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{Ordering, fence},
    },
    thread::LocalKey,
};

#[cfg(fusebox_loom)]
pub(crate) use searched::AtomicU64;

use std::{io, sync::PoisonError};

#[cfg(not(fusebox_loom))]
use std::thread::Builder;

#[cfg(fusebox_loom)]
use loom::thread::Builder;

/// Locks, also after a holder has panicked.
///
/// No user code runs under these locks, so a poisoned one guards sound data.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Declares a thread-local value with a constant initial one.
///
/// Constant, so that std reads it without a check whether it was made. loom has no such form.
macro_rules! const_thread_local {
    ($(#[$attribute:meta])* static $name:ident: $ty:ty = $initial:expr;) => {
        #[cfg(not(fusebox_loom))]
        std::thread_local! {
            $(#[$attribute])*
            static $name: $ty = const { $initial };
        }
        #[cfg(fusebox_loom)]
        loom::thread_local! {
            $(#[$attribute])*
            static $name: $ty = $initial;
        }
    };
}

pub(crate) use const_thread_local;

/// Waits for a notification, and locks again.
pub(crate) fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

/// Starts a thread.
pub(crate) fn spawn(run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().name("fusebox".to_owned()).spawn(run).map(drop)
}

/// A lock in a `static`: always std's, because loom's cannot be constant.
/// No model covers what it guards.
pub(crate) type StaticMutex<T> = std::sync::Mutex<T>;

/// The guard of a [`StaticMutex`].
pub(crate) type StaticMutexGuard<'a, T> = std::sync::MutexGuard<'a, T>;

/// A counter in a `static`: always std's, like [`StaticMutex`].
#[cfg(feature = "test-util")]
pub(crate) use std::sync::atomic::{AtomicUsize as StaticUsize, Ordering as StaticOrdering};

/// Locks a [`StaticMutex`], like [`lock`].
pub(crate) fn lock_static<T>(mutex: &StaticMutex<T>) -> StaticMutexGuard<'_, T> {
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

        pub(crate) fn fetch_max(&self, value: u64, order: Ordering) -> u64 {
            self.value.fetch_max(value, order)
        }

        pub(crate) fn fetch_or(&self, value: u64, order: Ordering) -> u64 {
            self.value.fetch_or(value, order)
        }

        pub(crate) fn fetch_and(&self, value: u64, order: Ordering) -> u64 {
            self.value.fetch_and(value, order)
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
