//! The rules of the state machine through the public API, one named test or more for each.

mod bench;
mod clock;
mod closed;
mod half_open;
mod listeners;
mod names;
mod open;
mod operator;
mod panics;
mod races;
mod runtimes;
