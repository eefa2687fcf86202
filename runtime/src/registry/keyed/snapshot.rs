//! A group at one moment.

use std::sync::Arc;

use crate::{
    config::Name,
    registry::keyed::{group::Group, slots::sum},
    state::State,
    stats::Totals,
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
}

impl GroupSnapshot {
    pub(super) fn new(group: &Group) -> Self {
        let engines = group.engines();
        let (keys, evicted, held) = {
            let slots = lock(&group.slots);
            (slots.len(), slots.evicted(), slots.held())
        };
        let mut totals = group.retired.totals();
        sum(engines.iter().chain(&held).map(Arc::as_ref), &mut totals);
        let states: Vec<_> = engines.iter().map(|engine| engine.state()).collect();
        let count = |in_state: fn(&State) -> bool| states.iter().filter(|state| in_state(state)).count();
        Self {
            name: group.full_name(),
            keys,
            max_keys: group.max_keys,
            open: count(|state| matches!(state, State::Open | State::ForcedOpen)),
            half_open: count(|state| *state == State::HalfOpen),
            evicted,
            has_overflowed: group.find("*").is_some(),
            totals,
        }
    }
}
