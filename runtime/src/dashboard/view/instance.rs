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
    /// Its breakers that differ from closed, or from what is forced on all.
    pub(in crate::dashboard) breakers: Vec<ReportedView>,
}

/// A breaker of one instance that differs from closed.
///
/// If it is forced on all instances, one that differs from that.
#[derive(Debug, Clone, Serialize)]
pub(in crate::dashboard) struct ReportedView {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) state: String,
    /// The rest of the cooldown or of the override; `None` without an end.
    pub(in crate::dashboard) remaining_ms: Option<u64>,
    /// The operator of an override, with the reason.
    pub(in crate::dashboard) by: Option<String>,
}
