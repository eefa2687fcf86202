//! One breaker on each instance of a fleet.

use serde::Serialize;

use super::{FleetView, InstanceView, milliseconds};
use crate::engine::Snapshot;

/// One breaker on one instance.
#[derive(Debug, Serialize)]
pub(super) struct InstanceState {
    instance: String,
    state: String,
    /// The rest of the cooldown, if it is open there.
    remaining_ms: Option<u64>,
    /// Whether this is the instance whose page this is.
    is_this: bool,
}

impl FleetView {
    /// The state of one breaker on each live instance.
    ///
    /// `own`: the breaker of this instance.
    ///
    /// Another instance reports what it decides by itself. A state that its own operator forced is
    /// not in the store.
    pub(super) fn instances_of(&self, own: &Snapshot) -> Vec<InstanceState> {
        let breaker = own.name.as_str();
        let forced = self.forced.iter().find(|forced| forced.name == breaker);
        let state = |instance: &InstanceView| {
            let is_this = instance.name == self.instance;
            let reported = instance.breakers.iter().find(|one| one.name == breaker);
            let reported_state = || reported.map_or("closed", |reported| reported.state.as_str());
            InstanceState {
                instance: instance.name.clone(),
                state: match forced {
                    _ if is_this => own.state.as_str().to_owned(),
                    Some(forced) => forced.state.to_owned(),
                    None => reported_state().to_owned(),
                },
                remaining_ms: match reported {
                    _ if is_this => own.retry_after.map(milliseconds),
                    Some(reported) if reported.state == "open" => Some(reported.remaining_ms),
                    _ => None,
                },
                is_this,
            }
        };
        self.instances.iter().map(state).collect()
    }
}
