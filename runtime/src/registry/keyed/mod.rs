//! Keyed breakers: one breaker per host, shard or tenant, within a bound.

mod breakers;
mod builder;
mod group;
mod key;
mod resolve;
mod slots;
mod snapshot;

pub use breakers::KeyedBreakers;
pub use builder::{DEFAULT_MAX_KEYS, KeyedBreakersBuilder};
pub use snapshot::GroupSnapshot;

#[cfg(all(test, not(fusebox_loom)))]
mod tests;

#[cfg(all(test, not(fusebox_loom)))]
mod model;
