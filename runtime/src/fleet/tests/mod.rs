//! Claims about the fleet that need more than one file.

#![allow(clippy::unchecked_time_subtraction, reason = "a panic fails the test")]

#[cfg(all(feature = "redis", feature = "tracing"))]
mod bad_input;
mod claims;
mod conformance;
mod cut;
#[cfg(all(feature = "redis", feature = "tracing"))]
mod log_lines;
mod model;
mod one_instance;
mod one_instance_claims;
mod random;
mod real_breakers;
#[cfg(feature = "redis")]
mod redis_commands;
#[cfg(feature = "redis")]
mod redis_differences;
#[cfg(feature = "redis")]
mod redis_failures;
#[cfg(feature = "redis")]
mod redis_scale;
#[cfg(feature = "redis")]
mod redis_server;
mod simulated_breaker;
mod simulation;
mod simulation_claims;
mod simulation_scale;
mod stand;
