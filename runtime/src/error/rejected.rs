//! The rejection of a call.

use std::{error::Error, fmt, io, time::Duration};

use crate::{
    config::{
        Name,
        name::{NamePlace, NameRef, VERSION_BITS},
    },
    error::rounded::Rounded,
    state::State,
};

/// The breaker rejected the call: the function did not run.
///
/// It has 16 bytes and is `Copy`. Its message is formatted only when it is printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "BrokenCircuitError")]
#[doc(alias = "CallNotPermittedException")]
pub struct Rejected {
    place: NamePlace,
    /// ```text
    /// bits 63..52  the version of the name
    /// bits 51..50  the state
    /// bits 49..0   the wait, or `UNKNOWN`: bit 49 is its unit, milliseconds or nanoseconds
    /// ```
    packed: u64,
}

const VERSION_SHIFT: u32 = 64 - VERSION_BITS;
const STATE_SHIFT: u32 = 50;
/// The wait is not known.
const UNKNOWN: u64 = (1 << STATE_SHIFT) - 1;
/// From 6.5 days on, a wait is in milliseconds.
///
/// So 584 years fit, the longest time that a clock can measure.
const IN_MILLIS: u64 = 1 << 49;
const NANOS_PER_MILLI: u64 = 1_000_000;

impl Rejected {
    /// Packs a rejection; `retry_after` is in nanoseconds.
    #[inline]
    pub(crate) fn new(name: NameRef, state: State, retry_after: Option<u64>) -> Self {
        let state: u64 = match state {
            State::HalfOpen => 1,
            State::ForcedOpen => 2,
            State::Open | State::Closed | State::ForcedClosed | State::Disabled => 0,
        };
        let wait = match retry_after {
            Some(nanos) if nanos < IN_MILLIS => nanos,
            // Up, so that a caller that waits for it does not come too early.
            Some(nanos) => IN_MILLIS | nanos.div_ceil(NANOS_PER_MILLI),
            None => UNKNOWN,
        };
        let (place, version) = name.into_parts();
        Self {
            place,
            packed: u64::from(version) << VERSION_SHIFT | state << STATE_SHIFT | wait,
        }
    }

    /// Returns the breaker's name.
    ///
    /// If a rejection outlives its keyed breaker, the key may be gone. The name is then
    /// `inventory[…]`.
    pub fn name(&self) -> Name {
        #[allow(clippy::cast_possible_truncation, reason = "12 bits are left")]
        let version = (self.packed >> VERSION_SHIFT) as u16;
        self.place.with_version(version).name()
    }

    /// Returns the state in which the breaker rejected the call: open,
    /// half-open with all trial slots taken, or forced open.
    pub const fn state(&self) -> State {
        match self.packed >> STATE_SHIFT & 0b11 {
            0 => State::Open,
            1 => State::HalfOpen,
            _ => State::ForcedOpen,
        }
    }

    /// Returns how long to wait until a trial call is admitted.
    ///
    /// In whole milliseconds, rounded up, if it is longer than 6 days. `None` if it is not known:
    /// while half-open the running trial call decides, and while forced open an operator.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self.packed & UNKNOWN {
            UNKNOWN => None,
            nanos if nanos < IN_MILLIS => Some(Duration::from_nanos(nanos)),
            millis => Some(Duration::from_millis(millis - IN_MILLIS)),
        }
    }

    /// Returns [`retry_after`](Self::retry_after) in whole seconds, rounded up:
    /// the value of a `Retry-After` header.
    pub fn retry_after_secs(&self) -> Option<u64> {
        self.retry_after()
            .map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("name", &self.name())
            .field("state", &self.state())
            .field("retry_after", &self.retry_after())
            .finish()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state() {
            State::HalfOpen => "half-open with all trial calls taken",
            State::ForcedOpen => "forced open",
            State::Open | State::Closed | State::ForcedClosed | State::Disabled => "open",
        };
        write!(f, "circuit breaker `{}` is {state}", self.name())?;
        self.retry_after()
            .map_or(Ok(()), |wait| write!(f, ", retry in {}", Rounded(wait)))
    }
}

impl Error for Rejected {}

/// Makes an error of the kind `Other` with the rejection as its payload;
/// [`Rejected::find`] finds it there.
///
/// The kind is not `ConnectionRefused`, because retry helpers repeat such a call at once.
impl From<Rejected> for io::Error {
    fn from(rejected: Rejected) -> Self {
        Self::other(rejected)
    }
}
