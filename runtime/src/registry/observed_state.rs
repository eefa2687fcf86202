//! The state of a registry that only exporters read.

use std::time::Duration;

use crate::sync::{Mutex, OnceLock};

/// The state of a registry that only exporters read.
#[derive(Default)]
pub(super) struct ObservedState {
    pub(super) fleet: Mutex<Option<ReadFleetHealth>>,
    pub(super) declared: OnceLock<()>,
}

/// Reads the health of the connection to the store of a fleet.
pub(crate) type ReadFleetHealth = Box<dyn Fn() -> FleetHealth + Send + Sync>;

/// The health of the connection to the store of a fleet.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(any(feature = "metrics", feature = "prometheus")),
    allow(dead_code, reason = "exporters read it")
)]
pub(crate) struct FleetHealth {
    pub(crate) is_up: bool,
    /// How old the newest message of the store is.
    pub(crate) lag: Duration,
}
