//! One instance of a fleet.

use serde::Serialize;

/// One live instance, as the store has it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::dashboard) struct InstanceView {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) program: String,
    /// How long it still counts as alive without another sign of life.
    pub(in crate::dashboard) alive_for_ms: u64,
    /// Whether it takes commands that are for it alone.
    pub(in crate::dashboard) is_addressable: bool,
    /// The breakers that it reports, see `InstanceStatus::breakers`.
    pub(in crate::dashboard) breakers: Vec<ReportedView>,
}

/// A breaker that an instance reports.
#[derive(Debug, Clone, Serialize)]
pub(in crate::dashboard) struct ReportedView {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) state: String,
    /// The rest of the cooldown, or of an override with an end.
    pub(in crate::dashboard) remaining_ms: Option<u64>,
    /// The operator of an override, with the reason.
    pub(in crate::dashboard) by: Option<String>,
}
