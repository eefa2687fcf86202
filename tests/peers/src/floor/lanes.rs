//! Totals in counters that threads do not share.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

const LANES: usize = 4;

#[derive(Clone, Copy)]
pub(super) enum Count {
    Answered,
    Failed,
    Rejected,
}

/// One counter for each thread, as long as there are few of them.
pub(super) struct Lanes([Lane; LANES]);

#[derive(Default)]
#[repr(align(128))]
struct Lane([AtomicU64; 3]);

thread_local! {
    static LANE: Cell<usize> = const { Cell::new(usize::MAX) };
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self(Default::default())
    }

    #[inline]
    pub(super) fn add(&self, count: Count) {
        let cell = &self.0[lane()].0[count as usize];
        // Relaxed: a total orders nothing.
        cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

/// The number of the running thread, modulo the number of counters.
/// Inexact if more threads live at once than there are counters.
#[inline]
pub(super) fn lane() -> usize {
    match LANE.get() {
        usize::MAX => assign(),
        lane => lane,
    }
}

#[cold]
fn assign() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: only the numbers must differ.
    let lane = NEXT.fetch_add(1, Ordering::Relaxed) % LANES;
    LANE.set(lane);
    lane
}
