//! Claims about the fleet that need more than one file.

#![allow(clippy::unchecked_time_subtraction, reason = "a panic fails the test")]

mod conformance;
mod cut;
mod model;
mod random;
mod real_breakers;
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
mod stand;
