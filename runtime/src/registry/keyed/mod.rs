//! Keyed breakers: one breaker per host, shard or tenant, within a bound.

mod breakers;
mod builder;
mod by_display;
mod group;
mod hash;
mod key;
mod key_maps;
mod key_text;
mod key_types;
mod map_key;
mod number;
mod resolve;
mod slots;
mod snapshot;

pub use breakers::KeyedBreakers;
pub use builder::KeyedBreakersBuilder;
pub use by_display::{ByDisplay, by_display};
pub use key::Key;
pub use snapshot::GroupSnapshot;

#[cfg(all(test, not(fusebox_loom)))]
mod tests;

#[cfg(all(test, not(fusebox_loom)))]
mod model;
