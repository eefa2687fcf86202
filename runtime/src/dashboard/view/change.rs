//! The history of one breaker.

use std::sync::Arc;

use serde::Serialize;

use super::since_1970;
use crate::event::{BreakerEvent, EventKind};

/// The last changes of one breaker, oldest first.
#[derive(Debug, Serialize)]
pub(in crate::dashboard) struct HistoryView {
    history: Vec<ChangeView>,
}

/// One change.
#[derive(Debug, Serialize)]
struct ChangeView {
    time_ms: u64,
    generation: u64,
    /// The states before and after, if the change was a transition.
    from: Option<&'static str>,
    to: Option<&'static str>,
    text: String,
    /// The operator and the reason that it gave.
    who: Option<Arc<str>>,
    why: Option<Arc<str>>,
    error: Option<Arc<str>>,
}

impl HistoryView {
    pub(in crate::dashboard) fn new(events: Vec<BreakerEvent>) -> Self {
        let history = events.into_iter().map(ChangeView::new).collect();
        Self { history }
    }
}

impl ChangeView {
    fn new(event: BreakerEvent) -> Self {
        let states = match event.kind {
            EventKind::Transition { from, to, .. } => Some((from.as_str(), to.as_str())),
            _ => None,
        };
        let time_ms = since_1970(event.time());
        let (who, why) = event
            .operator
            .map(|operator| (operator.who, operator.reason))
            .unzip();
        Self {
            time_ms,
            generation: event.generation,
            from: states.map(|(from, _)| from),
            to: states.map(|(_, to)| to),
            text: event.kind.to_string(),
            who,
            why,
            error: event.error,
        }
    }
}
