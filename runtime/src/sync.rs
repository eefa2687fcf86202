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

#[cfg(fusebox_loom)]
pub(crate) use loom::{
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering, fence},
    },
    thread::LocalKey,
};

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

/// [`lock`] for a [`StaticMutex`].
pub(crate) fn lock_static<T>(mutex: &StaticMutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
