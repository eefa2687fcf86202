#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(feature = "macros", doc = include_str!("guide/links.md"))]
#![cfg_attr(feature = "macros", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "macros"), doc = "A circuit breaker for async Rust.")]

#[doc(hidden)]
pub mod __private;
mod breaker;
pub mod classify;
mod clock;
#[cfg_attr(not(feature = "config"), doc(hidden))]
pub mod config;
#[cfg(feature = "dashboard")]
pub mod dashboard;
mod engine;
mod error;
mod event;
#[cfg(feature = "fleet")]
pub mod fleet;
#[cfg(all(doc, feature = "macros"))]
pub mod guide;
#[cfg(feature = "last-good")]
pub mod last_good;
#[cfg(all(test, fusebox_loom))]
mod loom_tests;
#[cfg(any(feature = "metrics", feature = "prometheus"))]
pub mod metrics;
mod outcome;
#[cfg(feature = "config")]
mod overrides;
mod poll_scope;
mod registry;
#[cfg(feature = "serde")]
mod serialize;
mod state;
mod stats;
#[cfg(feature = "stream")]
pub mod stream;
mod sync;
#[cfg(feature = "test-util")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
mod window;

pub use breaker::{CircuitBreaker, Explanation, OwnedPermit, Permit};
pub use clock::{Clock, Sleep};
#[doc(inline)]
pub use config::{
    ConfigError, Difference, ExplainedSettings, Location, Name, ParseError, Rate, Settings, Source,
    Threshold, Window,
};
pub use engine::{Snapshot, Trials, WindowCounts};
pub use error::{CallError, Cause, Refusal, Rejected, TimedOut};
pub use event::{
    BreakerEvent, Event, EventKind, EventReceiver, LastChange, LastTrip, Operator, RecvError, Subscription,
};
#[cfg(feature = "macros")]
pub use fusebox_macros::circuit_breaker;
#[cfg(feature = "prometheus")]
pub use metrics::prometheus;
pub use outcome::{Outcome, Verdict};
pub use registry::{
    ByDisplay, CircuitBreakerBuilder, Conflict, Declaration, DeclareError, GroupSnapshot, InstallError, Key,
    KeyedBreakers, KeyedBreakersBuilder, LazyBreaker, Registry, RegistryBuilder, by_display,
};
pub use state::{Reason, State};
pub use stats::{Durations, Latency, Totals, Transitions};
