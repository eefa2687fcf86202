//! Events: order, dropped events, and subscribers that panic.

mod delivery;
mod panics;
mod subscribers;
mod tracing;
