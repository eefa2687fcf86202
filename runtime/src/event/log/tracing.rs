//! Transitions and conflicts as `tracing` events of the target `fusebox`.

use std::fmt;

use crate::{
    event::{Event, EventKind},
    state::State,
};

/// `WARN` where a breaker starts to reject, `INFO` where it recovers.
pub(crate) fn event(event: &Event) {
    let event = match event {
        Event::Breaker(event) => event,
        Event::Dropped { events } => {
            tracing::warn!(target: "fusebox", events, "circuit breaker events were dropped");
            return;
        }
    };
    let (breaker, generation) = (event.name, event.generation);
    match event.kind {
        EventKind::Transition {
            from,
            to: to @ (State::Open | State::ForcedOpen),
            reason,
            cooldown,
        } => {
            tracing::warn!(target: "fusebox", breaker, generation, %from, %to, %reason, ?cooldown, "circuit breaker opened");
        }
        EventKind::Transition { from, to, reason, .. } => {
            tracing::info!(target: "fusebox", breaker, generation, %from, %to, %reason, "circuit breaker changed state");
        }
        EventKind::WouldTrip { reason } => {
            tracing::warn!(target: "fusebox", breaker, generation, %reason, "circuit breaker would have tripped");
        }
    }
}

/// `WARN`, with both places.
pub(crate) fn conflict(breaker: &str, conflict: &dyn fmt::Display) {
    tracing::warn!(target: "fusebox", breaker, "{conflict}");
}
