//! The tests of attribute and runtime together, one module for each subject.
//!
//! `allocation` and `memory` are test binaries of their own, because they count the allocations of
//! the whole process.

mod attribute;
mod configuration;
mod conformance;
mod diagnostics;
mod events;
mod forms;
mod hostile;
mod last_good;
mod metrics;
mod model;
mod public_types;
mod registry;
mod state_machine;
mod waiting;
