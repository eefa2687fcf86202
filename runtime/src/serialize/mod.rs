//! `Serialize` and `Deserialize`, for serde, figment and config.
//!
//! Settings have the text forms of the attribute. In snapshots and events, a duration is a number
//! of seconds, and a moment is a number of seconds since 1970.

mod event;
mod moment;
mod settings;
mod snapshot;
mod value;

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
