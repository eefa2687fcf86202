//! Models that loom runs through all interleavings of few preemptions.
//!
//! ```text
//! RUSTFLAGS="--cfg fusebox_loom" cargo test -p fusebox --lib --release --target-dir target/loom loom_tests
//! ```
//!
//! `LOOM_MAX_PREEMPTIONS` sets the number of preemptions. Default: 2. What none of these covers:
//! `tokio::sync::Notify` (loom does not see inside it, so no lost wake-up is searched for), the
//! registry's map, real clocks (each model's clock stands still), and more than three threads.

mod call_path;
mod counts;
mod half_open;
mod keyed;
mod listeners;
mod operators;
mod replaced_window;
mod stage;
mod time_window;
mod trips;
