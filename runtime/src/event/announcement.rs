//! The event that a thread makes of a change, and delivers after it.

use std::{sync::Arc, time::SystemTime};

use crate::{
    clock::ClockSource,
    config::{Difference, Name},
    event::{
        BreakerEvent, Change, Dispatcher, Event, Operator, ShortText, history_entry::ChangeDetails,
        inbox::Inbox, log, recipients::Recipients, wall_time::WallTime,
    },
};

/// The event of a change, which a thread delivers after it has released the
/// breaker's control lock. A thread makes at most one change under a lock.
pub(crate) enum Announcement<'a> {
    /// For the only subscriber, whose turn this thread has taken. The event is made
    /// for the call.
    AtOnce(Arc<Inbox>, AnnouncedChange<'a>),
    /// In the inboxes of its recipients.
    Queued {
        /// The event, if `tracing` is on for its level.
        logged: Option<BreakerEvent>,
        recipients: Recipients,
        /// Kept until the lock is released.
        ///
        /// See [`EventRoute::Queued`](super::EventRoute::Queued).
        _inbox: Option<Arc<Inbox>>,
    },
}

/// A change whose event is not made yet.
pub(crate) struct AnnouncedChange<'a> {
    pub(crate) change: Change,
    pub(crate) operator: Option<Arc<Operator>>,
    pub(crate) difference: Option<Arc<[Difference]>>,
    pub(crate) error: Option<&'a ShortText>,
}

impl Announcement<'_> {
    /// Puts an event into the inboxes that it concerns. The caller holds the
    /// control lock of its breaker.
    pub(crate) fn queue(
        event: BreakerEvent,
        is_logged: bool,
        dispatcher: &Dispatcher,
        inbox: Option<Arc<Inbox>>,
    ) -> Self {
        Self::Queued {
            logged: is_logged.then(|| event.clone()),
            recipients: dispatcher.push(event),
            _inbox: inbox,
        }
    }

    /// Logs and delivers the event. The caller holds no lock.
    ///
    /// Returns the change and its wall-clock time, if the subscriber used the time: the
    /// history does not have it yet.
    pub(crate) fn deliver(
        &self,
        name: &Name,
        clock: &ClockSource,
        dispatcher: &Dispatcher,
    ) -> Option<(&Change, SystemTime)> {
        match self {
            Self::AtOnce(inbox, announced) => {
                let change = &announced.change;
                let details = ChangeDetails {
                    change,
                    operator: announced.operator.as_deref(),
                    difference: announced.difference.as_ref(),
                    error: announced.error.map_or("", ShortText::as_str),
                };
                let event = details.event(name, WallTime::unread(clock, change.at));
                let event = Event::Breaker(event);
                inbox.deliver_at_once(&event);
                let time = event.breaker()?.time.used()?;
                Some((change, time))
            }
            Self::Queued {
                logged, recipients, ..
            } => {
                if let Some(event) = logged {
                    // A `tracing` subscriber is user code.
                    dispatcher.guarded(|| log::event(event));
                }
                recipients.deliver();
                None
            }
        }
    }
}
