//! The ticket in a permit: the generation of the admission, the start of the
//! call and its kind.

use crate::{clock::Timestamp, state::PackedState};

// In the payload of a marker. Above the flags: the number of the admission of a trial call.
const TIMED: u32 = 1;
const TRIAL: u32 = 1 << 1;
const EXTRA: u32 = 1 << 2;
const NOT_ADMITTED: u32 = 1 << 3;
const NOT_STARTED: u32 = 1 << 4;
const SPENT: u32 = 1 << 5;
const NESTED: u32 = 1 << 6;
const POLLED: u32 = 1 << 7;
const UNRECORDED: u32 = 1 << 8;
const ADMISSION_SHIFT: u32 = 9;
/// The numbers of admissions start again after 2^12: more than an extra trial
/// call ever sees while it runs.
const ADMISSION_MASK: u32 = (1 << 12) - 1;

const SPENT_STATE: PackedState = PackedState::marker(0, SPENT);
/// Spent too, so that dropping it records nothing.
const NOT_ADMITTED_STATE: PackedState = PackedState::marker(0, SPENT | NOT_ADMITTED);

/// One admission, in 16 bytes.
///
/// The plain ticket of a call that is not timed keeps the state of its admission, with nothing
/// counted. If the state is equal to it when the call ends, nothing happened in between. Every
/// other ticket is a marker, which no state of a breaker is, so it never passes for a plain one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    state: PackedState,
    /// Nanoseconds, of a timed ticket.
    started: u64,
}

impl Ticket {
    /// Makes the ticket of a call that is not timed, admitted in this state.
    #[inline]
    pub(super) const fn plain(state: PackedState) -> Self {
        Self {
            state: state.emptied(),
            started: 0,
        }
    }

    /// Makes the ticket of a call that is admitted at its first poll.
    #[inline]
    pub(crate) const fn not_admitted() -> Self {
        Self {
            state: NOT_ADMITTED_STATE,
            started: 0,
        }
    }

    #[inline]
    pub(crate) const fn is_not_admitted(self) -> bool {
        self.has(NOT_ADMITTED)
    }

    pub(super) const fn new(state: PackedState, started: Option<Timestamp>) -> Self {
        match started {
            None => Self::plain(state),
            Some(started) => Self {
                state: state.emptied().marked(TIMED),
                started: started.nanos(),
            },
        }
    }

    /// Makes the ticket of a call that a disabled breaker has admitted.
    ///
    /// Its end is not recorded.
    pub(super) const fn unrecorded(state: PackedState) -> Self {
        Self {
            state: state.emptied().marked(UNRECORDED),
            started: 0,
        }
    }

    pub(super) const fn is_unrecorded(self) -> bool {
        self.has(UNRECORDED)
    }

    /// Returns whether the call is a trial call, or one that is not recorded.
    ///
    /// One test.
    pub(super) const fn is_trial_or_unrecorded(self) -> bool {
        self.has(TRIAL | UNRECORDED)
    }

    pub(super) const fn as_trial(mut self) -> Self {
        self.state = self.state.marked(TRIAL);
        self
    }

    /// Marks the ticket as that of an extra trial call, with the number of its
    /// admission.
    pub(super) const fn as_extra_trial(mut self, admission: u32) -> Self {
        self.state = self
            .state
            .marked(TRIAL | EXTRA | (admission & ADMISSION_MASK) << ADMISSION_SHIFT);
        self
    }

    /// Marks the ticket as that of a call inside a trial call.
    pub(super) const fn as_nested(mut self) -> Self {
        self.state = self.state.marked(NESTED);
        self
    }

    /// Returns whether it is a part of the trial call that enclosed its admission.
    pub(super) const fn is_nested(self) -> bool {
        self.has(NESTED)
    }

    /// Returns whether the body of this trial call is being polled, on this thread.
    pub(super) const fn is_polled(self) -> bool {
        self.has(POLLED)
    }

    pub(super) const fn set_polled(&mut self, polled: bool) {
        self.state = if polled {
            self.state.marked(POLLED)
        } else {
            self.state.without(POLLED)
        };
    }

    /// Returns whether it is the extra trial call of this admission.
    pub(super) const fn is_extra_trial_of(self, admission: u32) -> bool {
        self.is_extra() && self.state.payload() >> ADMISSION_SHIFT == admission & ADMISSION_MASK
    }

    /// Returns whether the ticket has no flag: it is neither spent nor that of a
    /// trial call or of a timed call.
    #[inline]
    pub(crate) const fn is_plain(self) -> bool {
        self.state.payload() == 0
    }

    /// Tests one bit. The payload of a ticket holds flags only, because a plain
    /// ticket counts nothing.
    #[inline]
    const fn has(self, flag: u32) -> bool {
        self.state.payload() & flag != 0
    }

    #[inline]
    pub(crate) const fn generation(self) -> u64 {
        self.state.generation()
    }

    /// Returns whether this is a plain ticket and the state is still that of its
    /// admission, with nothing counted.
    #[inline]
    pub(super) fn is_undisturbed(self, now: PackedState) -> bool {
        self.state == now
    }

    pub(crate) const fn is_trial(self) -> bool {
        self.has(TRIAL)
    }

    pub(super) const fn is_extra(self) -> bool {
        self.has(EXTRA)
    }

    /// Returns when the call started; `None` if it is not timed.
    pub(super) const fn started(self) -> Option<Timestamp> {
        if self.has(TIMED) {
            Some(Timestamp::from_nanos(self.started))
        } else {
            None
        }
    }

    /// Removes the start of the call, which can no longer become slow.
    #[cfg(feature = "stream")]
    pub(super) const fn end_timing(&mut self) {
        self.state = self.state.without(TIMED);
    }

    /// Makes the ticket one that was handed out ahead of its call, so the time of
    /// the call has not started.
    pub(super) const fn waiting(mut self) -> Self {
        self.state = self.state.marked(NOT_STARTED).without(TIMED);
        self
    }

    #[inline]
    pub(super) const fn has_not_started(self) -> bool {
        self.has(NOT_STARTED)
    }

    pub(super) const fn start(&mut self, now: Option<Timestamp>) {
        self.state = self.state.without(NOT_STARTED);
        if let Some(now) = now {
            self.state = self.state.marked(TIMED);
            self.started = now.nanos();
        }
    }

    /// Takes the ticket to record the end of its call, and leaves a spent one.
    #[inline]
    pub(crate) const fn take(&mut self) -> Self {
        let ticket = *self;
        // Not `mem::replace`: `started` of a spent ticket is not read, so it is not written.
        self.state = SPENT_STATE;
        ticket
    }

    #[inline]
    pub(crate) const fn is_spent(self) -> bool {
        self.has(SPENT)
    }
}
