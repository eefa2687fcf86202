#![cfg_attr(feature = "macros", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "macros"), doc = "A circuit breaker for async Rust.")]

#[doc(hidden)]
pub mod __private;
mod breaker;
pub mod classify;
mod clock;
mod config;
mod engine;
mod error;
mod event;
#[cfg(feature = "last-good")]
pub mod last_good;
#[cfg(all(test, fusebox_loom))]
mod loom_tests;
mod outcome;
mod registry;
mod state;
mod stats;
mod sync;
#[cfg(feature = "test-util")]
mod testing;
mod window;

pub use breaker::{CircuitBreaker, OwnedPermit, Permit};
#[cfg(feature = "test-util")]
pub use clock::ManualClock;
pub use clock::{Clock, Sleep};
pub use config::{ConfigError, Difference, Settings, Share, Threshold, Window};
pub use engine::{Snapshot, Trials, WindowCounts};
pub use error::{CallError, Cause, Rejected, TimedOut};
pub use event::{Event, EventKind, Events, EventsError, Subscription};
#[cfg(feature = "macros")]
pub use fusebox_macros::circuit_breaker;
pub use outcome::{Outcome, Verdict};
pub use registry::{Builder, Conflict, Declaration, Place, Registry};
pub use state::{Reason, State};
pub use stats::Totals;
#[cfg(feature = "test-util")]
pub use testing::{Isolated, Scope, isolated, scope};
