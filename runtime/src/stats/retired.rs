//! The totals of breakers that do not exist any more.

use std::ops::AddAssign;

use crate::{
    stats::Totals,
    sync::{Mutex, lock},
};

/// The totals that the breakers of a group leave when they are dropped.
#[derive(Debug)]
pub(crate) struct RetiredTotals(Mutex<Totals>);

impl RetiredTotals {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Totals::default()))
    }

    pub(crate) fn add(&self, totals: &Totals) {
        *lock(&self.0) += *totals;
    }

    pub(crate) fn totals(&self) -> Totals {
        *lock(&self.0)
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        let Self {
            successes,
            failures,
            ignored,
            cancelled,
            late,
            rejected,
            slow,
            timed_out,
            panicked,
            last_good,
            fallback_ok,
            fallback_failed,
            errors,
            too_slow,
        } = other;
        self.successes += successes;
        self.failures += failures;
        self.ignored += ignored;
        self.cancelled += cancelled;
        self.late += late;
        self.rejected += rejected;
        self.slow += slow;
        self.timed_out += timed_out;
        self.panicked += panicked;
        self.last_good += last_good;
        self.fallback_ok += fallback_ok;
        self.fallback_failed += fallback_failed;
        self.errors += errors;
        self.too_slow += too_slow;
    }
}
