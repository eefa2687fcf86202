//! Events and conflicts in `tracing`, under the target `fusebox`.

use std::fmt;

use tracing::level_filters::LevelFilter;

use crate::{
    event::{BreakerEvent, Change, ChangeKind, EventKind},
    state::State,
};

/// Returns whether the event of this change can reach a `tracing` subscriber.
///
/// One load; runs no user code.
#[inline]
pub(crate) fn is_enabled(change: &Change) -> bool {
    LevelFilter::current() >= level(change)
}

/// Returns the level at which [`event`] logs this change: a warning if the
/// breaker starts to reject, or would have.
fn level(change: &Change) -> LevelFilter {
    match change.kind {
        ChangeKind::WouldTrip => LevelFilter::WARN,
        ChangeKind::Transition if matches!(change.state, State::Open | State::ForcedOpen) => {
            LevelFilter::WARN
        }
        ChangeKind::Transition
        | ChangeKind::Restarted
        | ChangeKind::Reconfigured
        | ChangeKind::CooldownEnded => LevelFilter::INFO,
    }
}

/// Logs an event. Called by the thread that made the change, with no lock held.
pub(crate) fn event(event: &BreakerEvent) {
    let (breaker, generation) = (event.name.as_str(), event.generation);
    let error = event.error.as_deref();
    let operator = event.operator.as_ref().map(|operator| &*operator.who);
    let why = event.operator.as_ref().map(|operator| &*operator.reason);
    match &event.kind {
        EventKind::Transition {
            from,
            to: to @ (State::Open | State::ForcedOpen),
            reason,
            cooldown,
            override_for,
        } => {
            tracing::warn!(
                target: "fusebox", breaker, generation, %from, %to, %reason, cooldown = cooldown.map(tracing::field::debug),
                override_for = override_for.map(tracing::field::debug), error, operator, why, "circuit breaker opened"
            );
        }
        EventKind::Transition {
            from,
            to,
            reason,
            override_for,
            ..
        } => {
            tracing::info!(
                target: "fusebox", breaker, generation, %from, %to, %reason,
                override_for = override_for.map(tracing::field::debug), operator, why, "circuit breaker changed state"
            );
        }
        EventKind::WouldTrip { reason } => {
            tracing::warn!(target: "fusebox", breaker, generation, %reason, error, "circuit breaker would have tripped");
        }
        kind => {
            tracing::info!(target: "fusebox", breaker, generation, change = %kind, operator, why, "circuit breaker changed");
        }
    }
}

/// Logs a `WARN` with the number of events that a full queue dropped.
pub(crate) fn dropped(events: u64) {
    tracing::warn!(target: "fusebox", events, "circuit breaker events were dropped");
}

/// Logs a `WARN` with the rule that declared and configured settings break
/// together.
pub(crate) fn configuration_refused(breaker: &str, error: &dyn fmt::Display) {
    tracing::warn!(
        target: "fusebox", breaker, "the configuration does not fit the declared settings, which stay: {error}"
    );
}

/// Logs a `WARN` about a part of the configuration that has no effect.
#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "applies a file"))]
pub(crate) fn configuration_warning(warning: &dyn fmt::Display) {
    tracing::warn!(target: "fusebox", "{warning}");
}

/// Logs a `WARN` with every mistake of the file.
#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "applies a file"))]
pub(crate) fn reload_failed(path: &str, error: &dyn fmt::Display) {
    tracing::warn!(target: "fusebox", path, "the configuration was not reloaded, the settings stay: {error}");
}

/// Logs a `WARN`, once for each time that the environment disables all
/// breakers.
#[cfg_attr(not(feature = "config"), allow(dead_code, reason = "applies the environment"))]
pub(crate) fn disabled() {
    tracing::warn!(
        target: "fusebox", "FUSEBOX_DISABLED is set: every call passes all circuit breakers, and none is recorded"
    );
}

/// Logs a `WARN` with both declarations.
pub(crate) fn conflict(breaker: &str, conflict: &dyn fmt::Display) {
    tracing::warn!(target: "fusebox", breaker, "{conflict}");
}

/// Logs a `WARN`, once per group: its breakers are all in use, so a key shares
/// one.
pub(crate) fn overflow(group: &str, max_keys: u32) {
    tracing::warn!(
        target: "fusebox", group, max_keys,
        "all keyed circuit breakers are in use, so further keys share one; raise `max_keys`"
    );
}

#[cfg(all(test, not(fusebox_loom)))]
mod tests {
    use std::{
        sync::{Arc, Mutex},
        time::UNIX_EPOCH,
    };

    use tracing::{Event, Level, Metadata, Subscriber, span};

    use super::{event, level};
    use crate::{
        clock::Timestamp,
        event::{Change, ChangeKind, history_entry::HistoryEntry},
        state::{Reason, State},
    };

    /// The level of the last event of this thread.
    #[derive(Clone, Default)]
    struct LastLevel(Arc<Mutex<Option<Level>>>);

    impl Subscriber for LastLevel {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, event: &Event<'_>) {
            *self.0.lock().unwrap() = Some(*event.metadata().level());
        }

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    #[test]
    fn a_change_is_logged_at_the_level_that_decides_whether_its_event_is_made() {
        let last = LastLevel::default();
        let _guard = tracing::subscriber::set_default(last.clone());
        for kind in [
            ChangeKind::Transition,
            ChangeKind::Restarted,
            ChangeKind::WouldTrip,
            ChangeKind::Reconfigured,
            ChangeKind::CooldownEnded,
        ] {
            for state in State::ALL {
                let change = Change {
                    generation: 1,
                    at: Timestamp::from_nanos(1),
                    time: None,
                    kind,
                    from: State::Closed,
                    state,
                    reason: Some(Reason::Operator),
                    cooldown: None,
                    override_for: None,
                };
                event(&HistoryEntry::new(change).event(&"orders".into(), UNIX_EPOCH));
                let logged = last.0.lock().unwrap().take().expect("it is logged");
                assert_eq!(level(&change), logged, "{kind:?} to {state:?}");
            }
        }
    }
}
