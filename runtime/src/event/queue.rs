//! A bounded queue of events that always keeps the newest state of each
//! breaker.

use std::{
    collections::{BTreeMap, VecDeque},
    mem,
};

use crate::{
    config::Name,
    event::{BreakerEvent, Event},
};

/// The events that wait for one subscriber or receiver, in the order in which
/// they are read:
///
/// ```text
/// Dropped { events }   if events were dropped
/// Current              one per breaker whose events were dropped: its state after the last of them
/// kept events          the newest `capacity`
/// ```
///
/// A full queue drops its oldest event. So each breaker's events are read in the order of its
/// generations, and the last of them shows the breaker's present state. Memory: `capacity` events,
/// and one event for each breaker whose events were dropped.
#[derive(Debug)]
pub(super) struct EventQueue {
    kept: VecDeque<BreakerEvent>,
    capacity: usize,
    /// The number of events that were dropped and not yet reported.
    dropped: u64,
    current: BTreeMap<Name, BreakerEvent>,
}

impl EventQueue {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            capacity,
            dropped: 0,
            current: BTreeMap::new(),
        }
    }

    /// Appends an event. Returns true if a full queue dropped its oldest event
    /// for it.
    pub(super) fn push(&mut self, event: BreakerEvent) -> bool {
        let oldest = if self.kept.len() < self.capacity {
            None
        } else {
            self.kept.pop_front()
        };
        self.kept.push_back(event);
        let Some(oldest) = oldest else {
            return false;
        };
        self.dropped += 1;
        self.current.insert(oldest.name.clone(), oldest.into_current());
        true
    }

    /// Takes what is read next.
    pub(super) fn pop(&mut self) -> Option<Event> {
        let events = mem::take(&mut self.dropped);
        if events > 0 {
            return Some(Event::Dropped { events });
        }
        self.current
            .pop_first()
            .map(|(_, event)| event)
            .or_else(|| self.kept.pop_front())
            .map(Event::Breaker)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.current.is_empty() && self.dropped == 0
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.capacity);
    }
}
