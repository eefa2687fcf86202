//! The rules of `docs/state_machine.md` through the public API.
//!
//! A test whose name starts with `r7_` keeps rule R7.

mod abandoned_trials;
mod blocking_calls;
mod clock;
mod closed;
mod consecutive_failures;
mod debug_output;
mod explain;
mod half_open;
mod nested_calls;
mod open;
mod operator;
mod operator_commands;
mod permits;
mod races;
mod recovery;
mod reentrancy;
mod requested_cooldown;
mod runtimes;
mod sliding_windows;
mod stale_results;
mod transitions;
mod trial_admission;
mod trial_slots;
