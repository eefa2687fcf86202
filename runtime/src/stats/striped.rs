//! The stripe of a striped counter that the running thread writes: its own, or
//! the one that threads without an index share.

use std::{cell::Cell, num::NonZero, thread::available_parallelism};

use crate::sync::{StaticMutex, StaticMutexGuard, lock_static};

/// The least number of threads that own a stripe, also on a small machine.
const FEWEST_STRIPES: usize = 4;
/// At most this many, so that a breaker on a very large machine stays a few
/// KiB.
const MOST_STRIPES: usize = 32;

/// Returns how many threads own a stripe: the cores of the machine, within 4
/// and 32.
pub(crate) fn stripe_count() -> usize {
    if cfg!(fusebox_loom) {
        return 2;
    }
    available_parallelism()
        .map_or(FEWEST_STRIPES, NonZero::get)
        .clamp(FEWEST_STRIPES, MOST_STRIPES)
}

/// No index is assigned yet.
const UNKNOWN: usize = usize::MAX;
/// Beyond every stripe: the thread is ending, or no index was left.
const NONE: usize = usize::MAX - 1;

#[cfg(not(fusebox_loom))]
thread_local! {
    // No destructor, so reading it is one plain load.
    static INDEX: Cell<usize> = const { Cell::new(UNKNOWN) };
    // Gives the index back when the thread ends.
    static HOLDER: IndexHolder = IndexHolder(take_index());
}

#[cfg(fusebox_loom)]
loom::thread_local! {
    static INDEX: Cell<usize> = Cell::new(UNKNOWN);
}

/// Returns the index of the running thread.
///
/// No other living thread has it. It is beyond every stripe before [`assign_stripe`] is called.
#[inline]
pub(crate) fn stripe_index() -> usize {
    INDEX.try_with(Cell::get).unwrap_or(NONE)
}

/// Like [`stripe_index`], but assigns an index to a thread that has none yet.
pub(crate) fn assign_stripe() -> usize {
    match stripe_index() {
        UNKNOWN => assign(),
        index => index,
    }
}

#[cold]
#[cfg(not(fusebox_loom))]
fn assign() -> usize {
    let index = HOLDER.try_with(|holder| holder.0).unwrap_or(NONE);
    INDEX.set(index);
    index
}

/// Assigns no index: in a loom model the test sets it, by `set_stripe`.
#[cfg(fusebox_loom)]
fn assign() -> usize {
    NONE
}

/// Gives the running thread this index, whichever thread has it too.
#[cfg(test)]
pub(crate) fn set_stripe(index: usize) {
    INDEX.with(|cell| cell.set(index));
}

/// The indices that ended threads gave back, and the next new one.
struct FreeIndices {
    free: Vec<usize>,
    next: usize,
}

static INDICES: StaticMutex<FreeIndices> = StaticMutex::new(FreeIndices {
    free: Vec::new(),
    next: 0,
});

/// Locks the free indices. The lock also orders the last writes of a stripe's
/// old owner before the first of its new one.
fn indices() -> StaticMutexGuard<'static, FreeIndices> {
    lock_static(&INDICES)
}

#[cfg_attr(fusebox_loom, allow(dead_code))]
fn take_index() -> usize {
    let mut indices = indices();
    if let Some(index) = indices.free.pop() {
        return index;
    }
    if indices.next >= MOST_STRIPES {
        return NONE;
    }
    indices.next += 1;
    indices.next - 1
}

/// Holds a thread's index until the thread ends.
#[cfg_attr(fusebox_loom, allow(dead_code))]
struct IndexHolder(usize);

impl Drop for IndexHolder {
    fn drop(&mut self) {
        if self.0 != NONE {
            // Destructors of other thread locals may still count: as threads without an index.
            let _ = INDEX.try_with(|cell| cell.set(NONE));
            indices().free.push(self.0);
        }
    }
}

#[cfg(test)]
#[cfg(not(fusebox_loom))]
mod tests {
    use super::*;

    #[test]
    fn two_living_threads_never_have_one_index() {
        let here = assign_stripe();
        let there = std::thread::spawn(assign_stripe).join().expect("the thread ends");
        assert!(here != there || here == NONE);
        assert_eq!(here, assign_stripe(), "a thread keeps its index");
    }

    #[test]
    fn a_thread_has_no_index_until_one_is_assigned() {
        let (before, given, after) = std::thread::spawn(|| (stripe_index(), assign_stripe(), stripe_index()))
            .join()
            .expect("the thread ends");
        assert_eq!(before, UNKNOWN, "beyond every stripe");
        assert_eq!(given, after);
    }
}
