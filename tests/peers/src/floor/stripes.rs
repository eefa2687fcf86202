//! Totals in striped counters: one for each thread.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

const STRIPES: usize = 4;

#[derive(Clone, Copy)]
pub(super) enum Count {
    Answered,
    Failed,
    Rejected,
}

/// One stripe for each thread, as long as there are few threads.
pub(super) struct Stripes([Stripe; STRIPES]);

#[derive(Default)]
#[repr(align(128))]
struct Stripe([AtomicU64; 3]);

thread_local! {
    static INDEX: Cell<usize> = const { Cell::new(usize::MAX) };
}

impl Stripes {
    pub(super) fn new() -> Self {
        Self(Default::default())
    }

    #[inline]
    pub(super) fn add(&self, count: Count) {
        let cell = &self.0[stripe_index()].0[count as usize];
        // Relaxed: a total orders nothing.
        cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

/// Returns the index of the running thread, modulo the number of stripes.
///
/// If more threads live at once than there are stripes, their counts are inexact.
#[inline]
pub(super) fn stripe_index() -> usize {
    match INDEX.get() {
        usize::MAX => assign(),
        index => index,
    }
}

#[cold]
fn assign() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: only the numbers must differ.
    let index = NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES;
    INDEX.set(index);
    index
}
