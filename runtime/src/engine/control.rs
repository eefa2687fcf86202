//! What only changes of state need to know; behind the control lock.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use crate::{
    clock::Timestamp,
    config::Settings,
    event::{Delivery, Dispatcher, Event},
    sync::MutexGuard,
};

pub(super) struct Control {
    pub(super) settings: Settings,
    /// How many times it has reopened since it was last Closed.
    pub(super) reopenings: u32,
    /// The length of the current cooldown, which is also the lease of trial calls.
    pub(super) cooldown: Duration,
    /// When it last would have tripped, forced closed.
    pub(super) would_have_tripped: Option<Timestamp>,
    /// How many wait for a permit or for Closed. They enter here before they look at the state, and whoever changes it looks here
    /// after the change, both under the lock: so nobody is missed, and a change that nobody waits for wakes nobody.
    pub(super) waiters: usize,
}

impl Control {
    pub(super) const fn new(settings: Settings) -> Self {
        Self {
            settings,
            reopenings: 0,
            cooldown: settings.cooldown(),
            would_have_tripped: None,
            waiters: 0,
        }
    }
}

/// The control lock in the hands of one who may change the state.
pub(super) struct ControlGuard<'a> {
    // Dropped in this order: listeners run outside of the lock.
    pub(super) control: MutexGuard<'a, Control>,
    pub(super) delivery: Option<Delivery<'a>>,
    hub: &'a Dispatcher,
}

impl<'a> ControlGuard<'a> {
    pub(super) fn new(control: MutexGuard<'a, Control>, hub: &'a Dispatcher) -> Self {
        Self {
            control,
            delivery: None,
            hub,
        }
    }

    /// Adds an event.
    pub(super) fn add(&mut self, event: Event) {
        if self.hub.add(&event) {
            self.delivery = Some(Delivery { hub: self.hub, event });
        }
    }
}

impl Deref for ControlGuard<'_> {
    type Target = Control;

    fn deref(&self) -> &Control {
        &self.control
    }
}

impl DerefMut for ControlGuard<'_> {
    fn deref_mut(&mut self) -> &mut Control {
        &mut self.control
    }
}
