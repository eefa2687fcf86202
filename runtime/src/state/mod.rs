//! The states that a user sees, how they are stored, and the rules that change
//! them.

mod atomic;
mod override_end;
mod packed;
mod reason;
pub(crate) mod rules;

use std::fmt;

pub(crate) use atomic::{AtomicState, StateSnapshot};
pub(crate) use override_end::OverrideEnd;
pub(crate) use packed::{BaseState, GENERATION_BITS, Override, PackedState};
pub use reason::Reason;

/// The state of a breaker, as its callers see it.
///
/// ```text
///            threshold reached                cooldown over
///   Closed ───────────────────▶ Open ───────────────────────▶ HalfOpen
///     ▲                          ▲                                │
///     │                          └───────── a trial failed ───────┤
///     └───────────────────── all trials succeeded ────────────────┘
/// ```
///
/// The forced states and the disabled one are overrides on top of these three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Calls are admitted and counted.
    Closed,
    /// Calls are rejected until the cooldown is over.
    Open,
    /// A few trial calls are admitted, all other calls are rejected.
    HalfOpen,
    /// An operator has set an override that rejects all calls.
    #[doc(alias = "isolated")]
    ForcedOpen,
    /// An operator has set an override that admits all calls.
    ///
    /// The calls are counted, and the breaker never trips: the shadow mode of a new breaker.
    #[doc(alias = "metrics_only")]
    ForcedClosed,
    /// Configuration disables the breaker: it admits all calls and counts none.
    Disabled,
}

impl State {
    /// Every state, in the order of the declaration.
    pub(crate) const ALL: [Self; 6] = [
        Self::Closed,
        Self::Open,
        Self::HalfOpen,
        Self::ForcedOpen,
        Self::ForcedClosed,
        Self::Disabled,
    ];

    /// Returns the lower-case name, as in messages and metric labels: `closed`,
    /// `open`, `half_open`, `forced_open`, `forced_closed`, `disabled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::ForcedOpen => "forced_open",
            Self::ForcedClosed => "forced_closed",
            Self::Disabled => "disabled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
