//! Models that loom runs through every interleaving, up to a number of preemptions.
//!
//! ```text
//! RUSTFLAGS="--cfg fusebox_loom" cargo test -p fusebox --lib --release --target-dir target/loom loom_tests
//! ```
//!
//! `LOOM_MAX_PREEMPTIONS` sets the number of preemptions, 2 unless said. What none of these covers:
//! `tokio::sync::Notify` (loom does not see inside it, so no lost wake-up is searched for), the
//! registry's map, real clocks (each model's clock stands still), and more than three threads.

mod call_path;
mod counts;
mod half_open;
mod listeners;
mod operators;
mod stage;
mod time_share;
mod trips;
