//! Events: order, dropped events, and subscribers that panic.

mod panics;
mod subscribers;
mod tracing;
