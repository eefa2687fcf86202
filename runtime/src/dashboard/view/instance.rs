//! One instance of a fleet.

use serde::Serialize;

/// One live instance, as the store has it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::dashboard) struct InstanceView {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) program: String,
    /// How long it still counts as alive without another sign of life.
    pub(in crate::dashboard) alive_for_ms: u64,
    /// Its breakers that are open or half-open.
    pub(in crate::dashboard) breakers: Vec<ReportedView>,
}

/// A breaker that is open or half-open on one instance.
#[derive(Debug, Clone, Serialize)]
pub(in crate::dashboard) struct ReportedView {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) state: String,
    pub(in crate::dashboard) remaining_ms: u64,
}
