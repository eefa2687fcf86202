//! A listener that stays attached while its subscription lives.

use std::sync::Weak;

use crate::event::Dispatcher;

/// Keeps a listener attached; dropping it ends the subscription.
#[derive(Debug)]
#[must_use = "the listener is removed when this is dropped; call `detach` to keep it"]
pub struct Subscription {
    pub(super) hub: Weak<Dispatcher>,
    pub(super) id: u64,
}

impl Subscription {
    /// Keeps the listener for the life of its registry.
    pub fn detach(mut self) {
        self.hub = Weak::new();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.unsubscribe(self.id);
        }
    }
}
