//! A subscriber that stays attached while its subscription lives.

use std::sync::{Arc, Weak};

use crate::{
    config::Name,
    event::{Event, dispatcher::Dispatcher, inbox::Inbox},
};

/// Keeps a subscriber attached; dropping it ends the subscription.
///
/// The subscriber is not called after the drop returns. If another thread is calling it, the drop
/// waits until that call returns, so do not drop a subscription while you hold a lock that its
/// subscriber takes. Inside a subscriber, the drop does not wait: a call of another subscriber on
/// another thread may still be running.
#[derive(Debug)]
#[must_use = "the subscriber is removed when this is dropped; call `detach` to keep it"]
pub struct Subscription {
    dispatcher: Weak<Dispatcher>,
    name: Option<Name>,
    inbox: Arc<Inbox>,
    is_detached: bool,
}

impl Dispatcher {
    /// Attaches a subscriber, of one breaker, one group or all.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        name: Option<Name>,
        callback: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Subscription {
        let inbox = Inbox::of_subscriber(Box::new(callback), self.counters());
        let inbox = self.add(name.as_ref(), inbox);
        Subscription::new(self, name, inbox)
    }
}

impl Subscription {
    pub(super) fn new(dispatcher: &Arc<Dispatcher>, name: Option<Name>, inbox: Arc<Inbox>) -> Self {
        Self {
            dispatcher: Arc::downgrade(dispatcher),
            name,
            inbox,
            is_detached: false,
        }
    }

    /// Keeps the subscriber for the life of its registry.
    pub fn detach(mut self) {
        self.is_detached = true;
    }

    pub(super) fn inbox(&self) -> &Inbox {
        &self.inbox
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if self.is_detached {
            return;
        }
        if let Some(dispatcher) = self.dispatcher.upgrade() {
            dispatcher.remove(self.name.as_ref(), &self.inbox);
        }
        self.inbox.close();
    }
}
