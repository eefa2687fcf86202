//! The events that a thread makes under a control lock and delivers after it.

use std::time::SystemTime;

use crate::config::Name;
use crate::event::{
    BreakerEvent, Change, Dispatcher, HistoryEntry, change::Moment, dispatcher::Recipients, log,
};

/// The events that a thread has made under a control lock. Dropping this logs
/// and delivers them, so it is dropped without the lock.
///
/// It is empty, and no event was made, if the registry has no audience and `tracing` is off for the
/// level of the event.
pub(crate) struct Announcements<'a> {
    dispatcher: &'a Dispatcher,
    // Empty for most changes, and an empty vector allocates nothing.
    logged: Vec<BreakerEvent>,
    // Of the last event. All events under one lock are of one breaker, so they have the same
    // recipients, except for one that came or left meanwhile.
    recipients: Option<Recipients>,
}

impl<'a> Announcements<'a> {
    pub(crate) const fn new(dispatcher: &'a Dispatcher) -> Self {
        Self {
            dispatcher,
            logged: Vec::new(),
            recipients: None,
        }
    }

    /// Returns whether the event of this change has an audience.
    #[inline]
    pub(crate) fn has_audience(&self, change: &Change) -> bool {
        self.dispatcher.has_audience() || log::is_enabled(change)
    }

    /// Makes the event of a change and publishes it. The caller holds the
    /// control lock of the breaker.
    ///
    /// Returns the wall-clock time of the event.
    #[cold]
    pub(crate) fn add(&mut self, name: &Name, entry: &HistoryEntry) -> SystemTime {
        let time = Moment::wall_clock();
        let event = entry.event(name, time);
        if log::is_enabled(&entry.change) {
            self.logged.push(event.clone());
        }
        self.recipients = Some(self.dispatcher.publish(event));
        time
    }
}

impl Drop for Announcements<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(recipients) = self.recipients.take() {
            self.deliver(&recipients);
        }
    }
}

impl Announcements<'_> {
    #[cold]
    fn deliver(&self, recipients: &Recipients) {
        for event in &self.logged {
            // A `tracing` subscriber is user code.
            self.dispatcher.guarded(|| log::event(event));
        }
        recipients.deliver();
    }
}
