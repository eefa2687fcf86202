//! A group at one moment.

use std::time::Duration;

use crate::{
    config::Name,
    registry::keyed::group::Group,
    state::State,
    stats::{Latency, Totals, Transitions},
    sync::lock,
};

/// A group of keyed breakers at one moment, for dashboards and tests.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupSnapshot {
    /// The group's name.
    pub name: Name,
    /// How many keys have a breaker of their own.
    pub keys: usize,
    /// How many keys may have one.
    pub max_keys: u32,
    /// How many breakers are open or forced open.
    pub open: usize,
    /// How many breakers are half-open.
    pub half_open: usize,
    /// How many breakers were evicted.
    pub evicted: u64,
    /// Whether some keys have found no room, and share the breaker `name[*]`.
    pub has_overflowed: bool,
    /// The totals of all breakers since the start, evicted ones included.
    pub totals: Totals,
    /// The transitions of all breakers, evicted ones included.
    pub transitions: Vec<Transitions>,
    /// The time in Open and `ForcedOpen`, summed over all breakers.
    pub open_time: Duration,
    /// How long calls took; `None` if no breaker has ever recorded that.
    pub latency: Option<Latency>,
    /// How many breakers are in each state, in the order of [`State`].
    in_state: [usize; State::ALL.len()],
}

impl GroupSnapshot {
    pub(super) fn new(group: &Group) -> Self {
        // At one moment, so that a breaker that is evicted meanwhile is not counted twice.
        let (keyed, held, evicted) = {
            let slots = lock(&group.slots);
            (slots.entries().to_vec(), slots.held(), slots.evicted())
        };
        let overflow = group.overflow.get();
        let engines = || keyed.iter().map(|entry| &entry.engine).chain(overflow);
        let counts = group
            .retired
            .sum(engines().chain(&held).map(|engine| engine.counts()));
        let mut in_state = [0; State::ALL.len()];
        for engine in engines() {
            in_state[engine.state() as usize] += 1;
        }
        let count = |state: State| in_state[state as usize];
        Self {
            name: group.full_name(),
            keys: keyed.len(),
            max_keys: group.max_keys,
            open: count(State::Open) + count(State::ForcedOpen),
            half_open: count(State::HalfOpen),
            evicted,
            has_overflowed: overflow.is_some(),
            totals: counts.totals,
            transitions: counts.transitions,
            open_time: counts.open_time,
            latency: counts
                .durations
                .map(|(successes, failures)| Latency::new(successes, failures)),
            in_state,
        }
    }

    /// Returns how many breakers are in this state, that of all keys without
    /// room included.
    pub const fn in_state(&self, state: State) -> usize {
        self.in_state[state as usize]
    }
}
