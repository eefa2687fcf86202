//! Events of a breaker as a member needs them.

use crate::{
    BreakerEvent, EventKind, Reason, State,
    fleet::member::{ChangedBy, Condition, LocalEvent, View},
};

/// Returns what the event changed in the automatic state, if anything.
///
/// `view`: the breaker's present condition.
pub(crate) fn from_event(event: &BreakerEvent, view: &View) -> Option<LocalEvent> {
    match &event.kind {
        EventKind::Transition {
            to, reason, cooldown, ..
        } => {
            let cause = cause(*reason)?;
            match to {
                State::Closed => Some(LocalEvent::Closed { cause }),
                State::HalfOpen => Some(LocalEvent::HalfOpened),
                State::Open => Some(LocalEvent::Opened {
                    remaining: cooldown.unwrap_or(view.cooldown),
                    cause,
                }),
                State::ForcedOpen | State::ForcedClosed | State::Disabled => None,
            }
        }
        // A command of an operator kept the reported state.
        EventKind::Restarted { reason, cooldown, .. } => {
            let cause = cause(*reason)?;
            Some(
                cooldown.map_or(LocalEvent::Closed { cause }, |remaining| LocalEvent::Opened {
                    remaining,
                    cause,
                }),
            )
        }
        EventKind::Current { .. } => Some(present(view, None)),
        EventKind::WouldTrip { .. } | EventKind::Reconfigured { .. } | EventKind::CooldownEnded => None,
    }
}

/// Returns whether the event may have set, released or prolonged an override.
pub(crate) fn is_override(event: &BreakerEvent) -> bool {
    let is_override = |reason: Reason| matches!(reason, Reason::Override | Reason::OverrideElapsed);
    match &event.kind {
        EventKind::Transition { reason, .. } | EventKind::Restarted { reason, .. } => is_override(*reason),
        EventKind::Current { .. } => true,
        EventKind::WouldTrip { .. } | EventKind::Reconfigured { .. } | EventKind::CooldownEnded => false,
    }
}

/// Returns the present condition as an event.
///
/// `reason`: why the breaker changed last, if that is known.
pub(crate) fn present(view: &View, reason: Option<Reason>) -> LocalEvent {
    // Evidence counts for a quorum, so what is not known is not evidence.
    let cause = reason.and_then(cause).unwrap_or(ChangedBy::Fleet);
    match view.condition {
        Condition::Closed => LocalEvent::Closed {
            cause: ChangedBy::Fleet,
        },
        Condition::Open { remaining } => LocalEvent::Opened { remaining, cause },
        Condition::HalfOpen { .. } => LocalEvent::HalfOpened,
    }
}

/// Returns the cause. `None` for an override, which keeps the automatic state.
const fn cause(reason: Reason) -> Option<ChangedBy> {
    match reason {
        Reason::Failures { .. }
        | Reason::FailureRate { .. }
        | Reason::SlowCallRate { .. }
        | Reason::CooldownElapsed
        | Reason::TrialsSucceeded
        | Reason::TrialFailed
        | Reason::TrialsSlow { .. }
        | Reason::TrialsAbandoned { .. } => Some(ChangedBy::Calls),
        Reason::Operator => Some(ChangedBy::Operator),
        Reason::Fleet { .. } => Some(ChangedBy::Fleet),
        Reason::Override | Reason::OverrideElapsed => None,
    }
}
