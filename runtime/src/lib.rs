#![cfg_attr(feature = "macros", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "macros"), doc = "A circuit breaker for async Rust.")]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod admission;
mod breaker;
mod call_site;
mod catalog;
mod circle;
pub mod classify;
mod clock;
mod config;
mod declaration;
mod engine;
mod error;
mod event;
mod fallback;
mod hub;
mod isolation;
mod judge;
mod judging;
#[cfg(feature = "last-good")]
pub mod last_good;
#[cfg(all(test, fusebox_loom))]
mod loom_tests;
mod machine;
#[cfg(feature = "test-util")]
mod manual_clock;
mod name;
mod outcome;
mod permit;
mod protected;
mod recover;
mod registry;
mod snapshot;
mod state;
mod statistics;
mod stripe;
mod sync;
mod telemetry;
mod window;

pub use breaker::CircuitBreaker;
pub use classify::Verdict;
pub use clock::{Clock, Sleep};
pub use config::{Builder, ConfigError, Difference, Settings, Share, Threshold, Window};
pub use declaration::{Declaration, Place};
pub use error::{CallError, Rejected, TimedOut};
pub use event::{Event, EventKind, Reason};
pub use fallback::Cause;
#[cfg(feature = "macros")]
pub use fusebox_macros::circuit_breaker;
pub use hub::{Events, EventsError, Subscription};
#[cfg(feature = "test-util")]
pub use isolation::{Isolated, Scope, isolated, scope};
#[cfg(feature = "test-util")]
pub use manual_clock::ManualClock;
pub use outcome::Outcome;
pub use permit::{OwnedPermit, Permit};
pub use registry::{Conflict, Registry};
pub use snapshot::{Snapshot, Trials, WindowCounts};
pub use state::State;
pub use statistics::Totals;
