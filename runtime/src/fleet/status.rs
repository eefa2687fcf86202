//! The state of a member's connection to the store.

use std::time::Duration;

use tokio::time::Instant;

use crate::registry::FleetHealth;

/// A member's connection to the store at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FleetStatus {
    /// Whether the store answers and has this instance.
    pub is_up: bool,
    /// The time since the last snapshot of the store; `None` before the first
    /// one. While the store answers, at most five seconds and one round trip.
    pub lag: Option<Duration>,
    /// The number of live instances of the service, this one included, in the
    /// last snapshot.
    pub live_instances: u32,
    /// The number of messages that were ignored, because they are too long or
    /// cannot be read.
    pub ignored_messages: u64,
}

/// The values that the task publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) joined_at: Instant,
    pub(crate) is_up: bool,
    pub(crate) synced_at: Option<Instant>,
    pub(crate) live: u32,
    pub(crate) ignored: u64,
}

impl Progress {
    /// Makes the status before the store has answered.
    pub(crate) fn new(joined_at: Instant) -> Self {
        Self {
            joined_at,
            is_up: false,
            synced_at: None,
            live: 0,
            ignored: 0,
        }
    }

    /// Returns the values for the exporters of metrics.
    pub(crate) fn health(&self) -> FleetHealth {
        FleetHealth {
            is_up: self.is_up,
            lag: self.synced_at.unwrap_or(self.joined_at).elapsed(),
        }
    }

    pub(crate) fn status(&self) -> FleetStatus {
        FleetStatus {
            is_up: self.is_up,
            lag: self.synced_at.map(|at| at.elapsed()),
            live_instances: self.live,
            ignored_messages: self.ignored,
        }
    }
}
