//! The events of a change between its control lock and their readers.

use crate::config::Name;
use crate::event::{BreakerEvent, Change, Dispatcher, change::Moment, dispatcher::Recipients, log};

/// The events that a thread has made under a control lock. Dropping this logs
/// and delivers them, so it is dropped without the lock.
///
/// It is empty, and no event was made, if the registry has no audience and `tracing` is off for the
/// level of the event.
pub(crate) struct Announcements<'a> {
    dispatcher: &'a Dispatcher,
    // Empty for most changes, and an empty vector allocates nothing.
    events: Vec<(BreakerEvent, Recipients)>,
}

impl<'a> Announcements<'a> {
    pub(crate) const fn new(dispatcher: &'a Dispatcher) -> Self {
        Self {
            dispatcher,
            events: Vec::new(),
        }
    }

    /// Makes the event of a change and publishes it, if it has an audience. The
    /// caller holds the control lock of the breaker.
    pub(crate) fn add(&mut self, name: &Name, change: &mut Change) {
        if !self.dispatcher.has_audience() && !log::is_enabled(&change.kind) {
            return;
        }
        let time = Moment::wall_clock();
        change.time = Some(time);
        let event = change.event(name, time);
        let recipients = self.dispatcher.publish(&event);
        self.events.push((event, recipients));
    }
}

impl Drop for Announcements<'_> {
    fn drop(&mut self) {
        for (event, _) in &self.events {
            // A `tracing` subscriber is user code.
            self.dispatcher.guarded(|| log::event(event));
        }
        for (_, recipients) in &self.events {
            recipients.deliver();
        }
    }
}
