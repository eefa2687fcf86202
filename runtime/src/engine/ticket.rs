//! What a permit carries: the generation it was admitted in, when it started, and what it is.

use crate::clock::Timestamp;

// Below the generation, which has 39 bits.
const TRIAL: u64 = 1;
const EXTRA: u64 = 1 << 1;
const IN_USER_CODE: u64 = 1 << 2;
const SPENT: u64 = 1 << 3;
const NOT_STARTED: u64 = 1 << 4;
const GENERATION_SHIFT: u32 = 8;

/// The clock was not read: nothing needs to know how long the call takes.
const UNTIMED: u64 = u64::MAX;

/// One admission, in 16 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    tag: u64,
    started: u64,
}

impl Ticket {
    pub(super) const fn new(generation: u64, started: Option<Timestamp>) -> Self {
        let started = match started {
            Some(started) => started.nanos(),
            None => UNTIMED,
        };
        Self {
            tag: generation << GENERATION_SHIFT,
            started,
        }
    }

    pub(super) const fn as_trial(mut self) -> Self {
        self.tag |= TRIAL;
        self
    }

    pub(super) const fn as_extra_trial(mut self) -> Self {
        self.tag |= TRIAL | EXTRA;
        self
    }

    pub(crate) const fn generation(self) -> u64 {
        self.tag >> GENERATION_SHIFT
    }

    pub(crate) const fn is_trial(self) -> bool {
        self.tag & TRIAL != 0
    }

    pub(super) const fn is_extra(self) -> bool {
        self.tag & EXTRA != 0
    }

    /// When the call started, if that is known.
    #[inline]
    pub(super) const fn started(self) -> Option<Timestamp> {
        if self.started == UNTIMED {
            None
        } else {
            Some(Timestamp::from_nanos(self.started))
        }
    }

    /// The permit was handed out ahead of its call, whose clock has not started.
    pub(super) const fn waiting(mut self) -> Self {
        self.tag |= NOT_STARTED;
        self.started = UNTIMED;
        self
    }

    pub(super) const fn has_not_started(self) -> bool {
        self.tag & NOT_STARTED != 0
    }

    pub(super) const fn start(&mut self, now: Option<Timestamp>) {
        self.tag &= !NOT_STARTED;
        self.started = Self::new(0, now).started;
    }

    /// Marks that code which is not ours runs from here on.
    #[inline]
    pub(crate) const fn enter_user_code(&mut self) {
        self.tag |= IN_USER_CODE;
    }

    /// Marks that it has returned.
    #[inline]
    pub(crate) const fn leave_user_code(&mut self) {
        self.tag &= !IN_USER_CODE;
    }

    /// Whether code which is not ours was entered and has not returned: it panicked.
    pub(super) const fn is_in_user_code(self) -> bool {
        self.tag & IN_USER_CODE != 0
    }

    /// Marks that the call has ended and was counted.
    pub(crate) const fn spend(&mut self) {
        self.tag |= SPENT;
    }

    #[inline]
    pub(crate) const fn is_spent(self) -> bool {
        self.tag & SPENT != 0
    }
}
