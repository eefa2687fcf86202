//! The packed state: everything that admission and the end of a healthy call
//! read, in 64 bits.

use crate::state::State;

// From the low end. The payload is the consecutive failures while Closed, and three counts of trial
// calls while HalfOpen.
const PAYLOAD_BITS: u32 = 21;
const TRIAL_BITS: u32 = 7;
const STATE_SHIFT: u32 = PAYLOAD_BITS;
const OVERRIDE_SHIFT: u32 = STATE_SHIFT + 2;
const GENERATION_SHIFT: u32 = OVERRIDE_SHIFT + 2;

/// Generations count from 0 to 2^39 − 1, then from 0 again.
pub(crate) const GENERATION_BITS: u32 = 64 - GENERATION_SHIFT;

/// A state that no breaker has.
const NO_STATE: u64 = 0b11 << STATE_SHIFT;
const PAYLOAD_MASK: u64 = (1 << PAYLOAD_BITS) - 1;
const TRIAL_MASK: u64 = (1 << TRIAL_BITS) - 1;
/// More consecutive failures than any threshold.
const MOST_FAILURES: u32 = (1 << PAYLOAD_BITS) - 1;

/// The three states that change without an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BaseState {
    Closed = 0,
    Open = 1,
    HalfOpen = 2,
}

/// The override that an operator has set on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Override {
    None = 0,
    Open = 1,
    Closed = 2,
    Disabled = 3,
}

/// One reading of a breaker's state.
///
/// ```text
/// 63            25  24 23   22 21   20                    0
/// [ generation:39 ][over:2][state:2][ payload:21           ]
///                                    Closed:   failures:21
///                                    HalfOpen: slow:7 completed:7 in_flight:7
/// ```
///
/// 39 bits of generation last 17 years at a thousand changes a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PackedState(pub(super) u64);

impl PackedState {
    /// Closed, empty, generation 0.
    pub(crate) const INITIAL: Self = Self(0);

    /// Makes the state of a closed breaker in this generation.
    #[cfg(all(test, not(fusebox_loom)))]
    pub(crate) const fn in_generation(generation: u64) -> Self {
        Self(generation << GENERATION_SHIFT)
    }

    #[inline]
    pub(crate) const fn generation(self) -> u64 {
        self.0 >> GENERATION_SHIFT
    }

    pub(crate) const fn base(self) -> BaseState {
        match (self.0 >> STATE_SHIFT) & 0b11 {
            0 => BaseState::Closed,
            1 => BaseState::Open,
            _ => BaseState::HalfOpen,
        }
    }

    pub(crate) const fn overridden(self) -> Override {
        match (self.0 >> OVERRIDE_SHIFT) & 0b11 {
            0 => Override::None,
            1 => Override::Open,
            2 => Override::Closed,
            _ => Override::Disabled,
        }
    }

    /// Returns the stored state: Open stays Open here after its cooldown has
    /// elapsed.
    pub(crate) const fn state(self) -> State {
        match (self.overridden(), self.base()) {
            (Override::Open, _) => State::ForcedOpen,
            (Override::Closed, _) => State::ForcedClosed,
            (Override::Disabled, _) => State::Disabled,
            (Override::None, BaseState::Closed) => State::Closed,
            (Override::None, BaseState::Open) => State::Open,
            (Override::None, BaseState::HalfOpen) => State::HalfOpen,
        }
    }

    /// Returns whether every call is admitted and counted: Closed, or forced
    /// closed.
    #[inline]
    pub(crate) const fn admits_all(self) -> bool {
        // Closed without override is 0 in these four bits.
        self.0 & (0b1111 << STATE_SHIFT) == 0 || matches!(self.overridden(), Override::Closed)
    }

    /// Returns whether it is Closed without an override.
    #[inline]
    pub(crate) const fn is_closed(self) -> bool {
        self.0 & (0b1111 << STATE_SHIFT) == 0
    }

    /// Returns whether it is Open without an override, before or after the end of
    /// its cooldown.
    #[inline]
    pub(crate) const fn is_open(self) -> bool {
        self.0 & (0b1111 << STATE_SHIFT) == (BaseState::Open as u64) << STATE_SHIFT
    }

    /// Returns the same state of the same generation, with nothing counted.
    #[inline]
    pub(crate) const fn emptied(self) -> Self {
        Self(self.0 & !PAYLOAD_MASK)
    }

    /// Makes a state that no breaker ever has, with this generation and this
    /// payload.
    pub(crate) const fn marker(generation: u64, payload: u32) -> Self {
        Self(generation << GENERATION_SHIFT | NO_STATE | payload as u64 & PAYLOAD_MASK)
    }

    /// Returns whether it is a [`marker`](Self::marker).
    #[inline]
    pub(crate) const fn is_marker(self) -> bool {
        self.0 & NO_STATE == NO_STATE
    }

    /// Adds these bits to the payload of a [`marker`](Self::marker). Makes one of
    /// the state first, if it is not one.
    #[allow(clippy::cast_possible_truncation, reason = "the payload has 21 bits")]
    pub(crate) const fn marked(self, payload: u32) -> Self {
        let kept = if self.is_marker() {
            self.0 & PAYLOAD_MASK
        } else {
            0
        };
        Self::marker(self.generation(), kept as u32 | payload)
    }

    /// Removes these bits from the payload of a [`marker`](Self::marker).
    pub(crate) const fn without(self, payload: u32) -> Self {
        Self(self.0 & !(payload as u64))
    }

    /// Returns whether outcomes feed a shadow window instead of tripping.
    pub(crate) const fn is_shadow(self) -> bool {
        matches!(self.overridden(), Override::Closed)
    }

    /// Returns the same state without its override, with nothing counted.
    pub(crate) const fn without_override(self) -> Self {
        Self(self.0 & !(0b11 << OVERRIDE_SHIFT)).emptied()
    }

    /// Returns the number of consecutive failures.
    pub(crate) const fn failures(self) -> u32 {
        (self.0 & PAYLOAD_MASK) as u32
    }

    pub(crate) const fn with_failures(self, failures: u32) -> Self {
        let failures = if failures > MOST_FAILURES {
            MOST_FAILURES
        } else {
            failures
        };
        Self(self.0 & !PAYLOAD_MASK | failures as u64)
    }

    /// Returns the number of trial calls in flight that hold a slot.
    pub(crate) const fn in_flight(self) -> u32 {
        (self.0 & TRIAL_MASK) as u32
    }

    /// Returns the number of trial calls that succeeded, slow ones included.
    pub(crate) const fn completed(self) -> u32 {
        (self.0 >> TRIAL_BITS & TRIAL_MASK) as u32
    }

    /// Returns the number of completed trial calls that were slow.
    pub(crate) const fn slow(self) -> u32 {
        (self.0 >> (2 * TRIAL_BITS) & TRIAL_MASK) as u32
    }

    pub(crate) const fn with_trials(self, in_flight: u32, completed: u32, slow: u32) -> Self {
        debug_assert!(in_flight < 128 && completed < 128 && slow < 128);
        let payload = in_flight as u64 | (completed as u64) << TRIAL_BITS | (slow as u64) << (2 * TRIAL_BITS);
        Self(self.0 & !PAYLOAD_MASK | payload)
    }

    /// Returns the payload of a [`marker`](Self::marker).
    #[allow(clippy::cast_possible_truncation, reason = "the payload has 21 bits")]
    #[inline]
    pub(crate) const fn payload(self) -> u32 {
        (self.0 & PAYLOAD_MASK) as u32
    }

    /// Returns the next generation in this base state, with nothing counted.
    pub(crate) const fn next(self, state: BaseState) -> Self {
        self.next_with(state, self.overridden())
    }

    /// Returns the next generation under this override, with nothing counted.
    pub(crate) const fn next_override(self, overridden: Override) -> Self {
        self.next_with(self.base(), overridden)
    }

    const fn next_with(self, state: BaseState, overridden: Override) -> Self {
        let generation = self.generation().wrapping_add(1) << GENERATION_SHIFT;
        Self(generation | (overridden as u64) << OVERRIDE_SHIFT | (state as u64) << STATE_SHIFT)
    }
}
