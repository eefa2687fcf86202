//! What a permit carries: the generation it was admitted in, when it started, and what it is.

use std::mem;

use crate::{clock::Timestamp, state::PackedState};

// In the payload of a marked word.
const TIMED: u32 = 1;
const TRIAL: u32 = 1 << 1;
const EXTRA: u32 = 1 << 2;
const PANICKED: u32 = 1 << 3;
const NOT_STARTED: u32 = 1 << 4;
const SPENT: u32 = 1 << 5;

/// One admission, in 16 bytes.
///
/// A plain one, of a call whose time nobody needs, keeps the state word of its admission with nothing counted: when the call ends,
/// one comparison with the word of then tells that nothing has happened in between. Every other ticket has a mark that no state
/// word has, so that it never passes for a plain one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    word: PackedState,
    /// Nanoseconds, of a timed ticket.
    started: u64,
}

impl Ticket {
    const SPENT: Self = Self {
        word: PackedState::of_nobody(0, SPENT),
        started: 0,
    };

    /// Of a call that is not timed, admitted under this word.
    #[inline]
    pub(super) const fn plain(word: PackedState) -> Self {
        Self {
            word: word.emptied(),
            started: 0,
        }
    }

    pub(super) const fn new(word: PackedState, started: Option<Timestamp>) -> Self {
        match started {
            None => Self::plain(word),
            Some(started) => Self {
                word: word.emptied().marked(TIMED),
                started: started.nanos(),
            },
        }
    }

    pub(super) const fn as_trial(mut self) -> Self {
        self.word = self.word.marked(TRIAL);
        self
    }

    pub(super) const fn as_extra_trial(mut self) -> Self {
        self.word = self.word.marked(TRIAL | EXTRA);
        self
    }

    #[inline]
    pub(crate) const fn generation(self) -> u64 {
        self.word.generation()
    }

    /// Whether this is a plain ticket and nothing has happened since it was handed out: the state of then, nothing counted.
    #[inline]
    pub(super) fn is_undisturbed(self, now: PackedState) -> bool {
        self.word == now
    }

    pub(crate) const fn is_trial(self) -> bool {
        self.word.is_of_nobody_with(TRIAL)
    }

    pub(super) const fn is_extra(self) -> bool {
        self.word.is_of_nobody_with(EXTRA)
    }

    /// When the call started, if that is known.
    pub(super) const fn started(self) -> Option<Timestamp> {
        if self.word.is_of_nobody_with(TIMED) {
            Some(Timestamp::from_nanos(self.started))
        } else {
            None
        }
    }

    /// The permit was handed out ahead of its call, whose clock has not started.
    pub(super) const fn waiting(mut self) -> Self {
        self.word = self.word.marked(NOT_STARTED).without(TIMED);
        self
    }

    #[inline]
    pub(super) const fn has_not_started(self) -> bool {
        self.word.is_of_nobody_with(NOT_STARTED)
    }

    pub(super) const fn start(&mut self, now: Option<Timestamp>) {
        self.word = self.word.without(NOT_STARTED);
        if let Some(now) = now {
            self.word = self.word.marked(TIMED);
            self.started = now.nanos();
        }
    }

    /// Marks that code which is not ours has panicked.
    #[cold]
    pub(crate) const fn mark_panicked(&mut self) {
        self.word = self.word.marked(PANICKED);
    }

    /// Whether code which is not ours was entered and panicked.
    pub(super) const fn has_panicked(self) -> bool {
        self.word.is_of_nobody_with(PANICKED)
    }

    /// Leaves in its place what says that the call has ended and was counted.
    #[inline]
    pub(crate) const fn take(&mut self) -> Self {
        mem::replace(self, Self::SPENT)
    }

    #[inline]
    pub(crate) fn is_spent(self) -> bool {
        self.word == Self::SPENT.word
    }
}
