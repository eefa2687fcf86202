//! One breaker on each instance of a fleet.

use std::time::SystemTime;

use serde::Serialize;

use super::{FleetView, InstanceView, milliseconds, row::override_by};
use crate::engine::Snapshot;

/// One breaker on one instance.
#[derive(Debug, Serialize)]
pub(super) struct InstanceState {
    instance: String,
    state: String,
    /// The rest of the cooldown if it is open there, or of the override.
    remaining_ms: Option<u64>,
    /// The operator of an override, with the reason.
    by: Option<String>,
    /// Whether this is the instance whose page this is.
    is_this: bool,
}

impl FleetView {
    /// Returns the state of one breaker on each live instance.
    ///
    /// `own`: the breaker of this instance.
    ///
    /// Another instance has what it reports, or else what is forced on all, or else it is closed.
    pub(super) fn instances_of(&self, own: &Snapshot) -> Vec<InstanceState> {
        let breaker = own.name.as_str();
        let forced = self.forced.iter().find(|forced| forced.name == breaker);
        let state = |instance: &InstanceView| {
            let is_this = instance.name == self.instance;
            let reported = instance.breakers.iter().find(|one| one.name == breaker);
            let (state, remaining_ms, by) = match (reported, forced) {
                _ if is_this => (own.state.as_str(), ends_in(own), override_by(own)),
                (Some(reported), _) => (
                    reported.state.as_str(),
                    reported.remaining_ms,
                    reported.by.clone(),
                ),
                (None, Some(forced)) => (forced.state, forced.remaining_ms, Some(forced.by.clone())),
                (None, None) => ("closed", None, None),
            };
            InstanceState {
                instance: instance.name.clone(),
                state: state.to_owned(),
                remaining_ms,
                by,
                is_this,
            }
        };
        self.instances.iter().map(state).collect()
    }
}

/// Returns when the state of this instance ends by itself.
fn ends_in(own: &Snapshot) -> Option<u64> {
    let left = |until: SystemTime| until.duration_since(SystemTime::now()).unwrap_or_default();
    own.retry_after
        .or_else(|| own.override_until.map(left))
        .map(milliseconds)
}
