//! The atomic word, its deadline, and the only compare-exchange on them.

use crate::state::{BaseState, PackedState};
use crate::{
    clock::Timestamp,
    sync::{AtomicU64, Ordering},
};

/// The atomics of one breaker's state.
///
/// Healthy calls and rejections only read. Every change but the count of failures in a row is made under the engine's control lock,
/// which also writes `deadline`, always *after* the word: a reader that meets a new word with an old deadline either sees the old
/// one as over, and then asks under the lock, or rejects with it for one instant more.
pub(crate) struct AtomicState {
    word: AtomicU64,
    /// Open: the end of the cooldown. HalfOpen: when one extra trial may be admitted.
    deadline: AtomicU64,
}

/// A word and the deadline that belongs to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StateSnapshot {
    pub(crate) word: PackedState,
    pub(crate) deadline: Timestamp,
}

/// What became of a failure that was added to the failures in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Added {
    /// Counted, below the limit.
    Counted,
    /// Not counted: it reaches the limit, so the one who holds the control lock must decide.
    AtLimit,
    /// Not counted: the generation is over.
    Late,
}

impl AtomicState {
    pub(crate) fn new() -> Self {
        Self {
            word: AtomicU64::new(PackedState::INITIAL.0),
            deadline: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(crate) fn load(&self) -> PackedState {
        // Acquire: what was written before a state change (an emptied window, the settings) is seen by who acts on the state.
        PackedState(self.word.load(Ordering::Acquire))
    }

    /// The word together with its deadline.
    #[inline]
    pub(crate) fn snapshot(&self) -> StateSnapshot {
        loop {
            let word = self.load();
            // Acquire: who sees the deadline of a later word must see that word in the next line.
            let deadline = Timestamp::from_nanos(self.deadline.load(Ordering::Acquire));
            if self.load() == word {
                return StateSnapshot { word, deadline };
            }
        }
    }

    /// Changes the word from exactly `from`; false when somebody else has changed it.
    #[must_use]
    pub(crate) fn replace(&self, from: PackedState, to: PackedState) -> bool {
        // Success is AcqRel: Release publishes what the change rests on, Acquire orders it after the change that it follows.
        // Failure needs nothing: the caller loads again.
        self.word
            .compare_exchange(from.0, to.0, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    /// Sets the deadline. Called under the control lock, after the word was changed.
    pub(crate) fn set_deadline(&self, deadline: Timestamp) {
        // Release: pairs with the Acquire in `sight`, so that a new deadline is never paired with an old word.
        self.deadline.store(deadline.nanos(), Ordering::Release);
    }

    /// Forgets the failures in a row of this generation; writes nothing if there are none.
    #[inline]
    pub(crate) fn forget_failures(&self, mut word: PackedState) {
        let generation = word.generation();
        while word.failures() != 0 && word.generation() == generation {
            if self.replace(word, word.with_failures(0)) {
                return;
            }
            word = self.load();
        }
    }

    /// Adds one failure in a row, if that stays below `limit`.
    pub(crate) fn add_failure(&self, generation: u64, limit: u32) -> Added {
        loop {
            let word = self.load();
            if word.generation() != generation {
                return Added::Late;
            }
            if word.failures() + 1 >= limit {
                return Added::AtLimit;
            }
            if self.replace(word, word.with_failures(word.failures() + 1)) {
                return Added::Counted;
            }
        }
    }
}

impl StateSnapshot {
    /// Whether the deadline has been reached at `now`.
    pub(crate) fn deadline_passed(self, now: Timestamp) -> bool {
        now >= self.deadline
    }

    /// Whether this is an Open whose cooldown is over at `now`.
    pub(crate) fn cooldown_elapsed(self, now: Timestamp) -> bool {
        self.word.automatic() == BaseState::Open && self.deadline_passed(now)
    }
}
