//! The fleet that this instance is a part of.

use serde::Serialize;

use super::InstanceView;

/// The content of the store about a service, and the state of the connection.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::dashboard) struct FleetView {
    pub(in crate::dashboard) service: String,
    /// The name of the instance whose page this is.
    pub(in crate::dashboard) instance: String,
    /// Whether the store answers.
    pub(in crate::dashboard) is_up: bool,
    /// The age of the newest message of the store.
    pub(in crate::dashboard) lag_ms: Option<u64>,
    /// Why the store did not answer. The rest is what it answered last.
    pub(in crate::dashboard) problem: Option<String>,
    pub(in crate::dashboard) instances: Vec<InstanceView>,
    pub(in crate::dashboard) forced: Vec<ForcedView>,
    pub(in crate::dashboard) open: Vec<OpenView>,
}

/// A breaker that an operator forced on all instances.
#[derive(Debug, Clone, Serialize)]
pub(in crate::dashboard) struct ForcedView {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) state: &'static str,
    /// How long it still lasts; `None` until an operator releases it.
    pub(in crate::dashboard) remaining_ms: Option<u64>,
    /// The operator, with the reason.
    pub(in crate::dashboard) by: String,
}

/// A breaker that is open on all instances.
#[derive(Debug, Clone, Serialize)]
pub(in crate::dashboard) struct OpenView {
    pub(in crate::dashboard) name: String,
    /// The rest of the cooldown that all share.
    pub(in crate::dashboard) remaining_ms: u64,
    pub(in crate::dashboard) failed_trials: u32,
    /// How many instances had tripped when it opened, and how many were alive.
    pub(in crate::dashboard) tripped_instances: u32,
    pub(in crate::dashboard) live_instances: u32,
    /// The instance that makes the trial calls.
    pub(in crate::dashboard) trial_by: Option<String>,
}

impl FleetView {
    /// Returns whether any instance has reported or an operator has forced it.
    #[cfg_attr(not(feature = "fleet"), allow(dead_code, reason = "checked for a command"))]
    pub(in crate::dashboard) fn has(&self, breaker: &str) -> bool {
        let reported = self.instances.iter().flat_map(|instance| &instance.breakers);
        reported.map(|one| &one.name).any(|name| name == breaker)
            || self.forced.iter().any(|forced| forced.name == breaker)
            || self.open.iter().any(|open| open.name == breaker)
    }
}
