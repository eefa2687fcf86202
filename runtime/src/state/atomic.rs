//! The state in an atomic, its deadline, and the one loop that changes it.

use crate::{
    clock::Timestamp,
    state::{BaseState, PackedState},
    sync::{AtomicU64, Ordering},
};

/// The atomics of one breaker's state.
///
/// Healthy calls and rejections only read them. Every change is made under the engine's control
/// lock, except to the count of consecutive failures. The holder of that lock always writes
/// `deadline` *after* the state. So a thread that reads a new state with the deadline of an older
/// one has two cases:
///
/// 1. The old deadline has passed: the thread decides again under the control lock.
/// 2. It has not: the thread rejects one call that the new deadline would reject too.
pub(crate) struct AtomicState {
    state: AtomicU64,
    /// Open: the end of the cooldown.
    ///
    /// HalfOpen: when one extra trial call may be admitted.
    deadline: AtomicU64,
}

/// A state and the deadline that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateSnapshot {
    pub(crate) state: PackedState,
    pub(crate) deadline: Timestamp,
}

impl AtomicState {
    pub(crate) fn new() -> Self {
        Self {
            state: AtomicU64::new(PackedState::INITIAL.0),
            deadline: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(crate) fn load(&self) -> PackedState {
        // Acquire: a thread that acts on a state sees what was written before the change to it
        // (settings, an emptied window).
        PackedState(self.state.load(Ordering::Acquire))
    }

    /// Reads the state together with its deadline.
    #[inline]
    pub(crate) fn snapshot(&self) -> StateSnapshot {
        loop {
            let state = self.load();
            // Acquire: a thread that reads the deadline of a later state reads that state in the
            // next line.
            let deadline = Timestamp::from_nanos(self.deadline.load(Ordering::Acquire));
            if self.load() == state {
                return StateSnapshot { state, deadline };
            }
        }
    }

    /// Reads the deadline of a state that was loaded before; `None` if the state
    /// has changed.
    #[inline]
    pub(crate) fn deadline_of(&self, state: PackedState) -> Option<Timestamp> {
        // Acquire: as in `snapshot`.
        let deadline = Timestamp::from_nanos(self.deadline.load(Ordering::Acquire));
        (self.load() == state).then_some(deadline)
    }

    /// Applies a rule to the state, beginning with `from`, until no other
    /// thread has changed the state in between.
    ///
    /// `rule` returns the next state (`None` changes nothing) and what the caller has to do then.
    /// Returns the state that the rule was applied to last, and what the rule returned for it.
    #[inline]
    pub(crate) fn update<A>(
        &self,
        mut from: PackedState,
        rule: impl Fn(PackedState) -> (Option<PackedState>, A),
    ) -> (PackedState, A) {
        loop {
            let (next, action) = rule(from);
            match next {
                Some(next) if !self.replace(from, next) => from = self.load(),
                _ => return (from, action),
            }
        }
    }

    /// Applies a rule to `from`, which the caller loaded under the control
    /// lock.
    ///
    /// Returns the next state. While calls are counted, they change the state too, without the
    /// lock. Any other state is changed by the holder of the lock alone, so a store is enough.
    #[inline]
    pub(crate) fn change(
        &self,
        from: PackedState,
        rule: impl Fn(PackedState) -> PackedState,
    ) -> (PackedState, PackedState) {
        if from.admits_all() {
            return self.update(from, |state| (Some(rule(state)), rule(state)));
        }
        let next = rule(from);
        // Release: publishes what the change rests on, like that of `replace`. The lock orders it
        // after the change before.
        self.state.store(next.0, Ordering::Release);
        (from, next)
    }

    /// Changes the state from exactly `from`; false if another thread has
    /// changed it.
    #[must_use]
    fn replace(&self, from: PackedState, to: PackedState) -> bool {
        // Success is AcqRel: Release publishes what the change rests on, Acquire orders it after
        // the change that it follows. Failure needs nothing: the caller loads again.
        self.state
            .compare_exchange(from.0, to.0, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    /// Sets the deadline.
    ///
    /// Called under the control lock, after the state was changed.
    pub(crate) fn set_deadline(&self, deadline: Timestamp) {
        // Release: pairs with the Acquire in `snapshot`, so that a new deadline is never paired
        // with an old state.
        self.deadline.store(deadline.nanos(), Ordering::Release);
    }
}

impl StateSnapshot {
    /// Returns whether the deadline has been reached at `now`.
    pub(crate) fn deadline_passed(self, now: Timestamp) -> bool {
        now >= self.deadline
    }

    /// Returns whether this is an Open whose cooldown has elapsed at `now`.
    pub(crate) fn cooldown_elapsed(self, now: Timestamp) -> bool {
        self.state.base() == BaseState::Open && self.deadline_passed(now)
    }
}
