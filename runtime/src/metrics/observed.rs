//! The values of a breaker or of a group that a scrape reads.

use std::time::Duration;

use crate::{
    breaker::CircuitBreaker,
    config::{Name, Settings},
    engine::{Snapshot, WindowCounts},
    registry::{Declaration, GroupSnapshot, KeyedBreakers, Registry},
    state::State,
    stats::{Latency, Totals, Transitions},
};

/// A breaker, or a group of keyed breakers, at the moment of a scrape.
pub(crate) struct Observed {
    name: Name,
    pub(crate) totals: Totals,
    pub(crate) transitions: Vec<Transitions>,
    pub(crate) open_time: Duration,
    pub(crate) latency: Option<Latency>,
    pub(crate) settings: Settings,
    pub(crate) part: ObservedPart,
    declared: Option<&'static Declaration>,
}

/// The values that only a breaker has, or only a group.
pub(crate) enum ObservedPart {
    Breaker { state: State, window: WindowCounts },
    Group(Box<GroupPart>),
}

/// The number of breakers that a group has, and may have.
pub(crate) struct GroupPart {
    pub(crate) in_state: [usize; State::ALL.len()],
    pub(crate) max_keys: u32,
    pub(crate) evicted: u64,
    pub(crate) has_overflowed: bool,
}

/// The breakers of groups that have series of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ExportedKeys {
    /// None: a group is summed.
    #[default]
    Summed,
    /// All that exist, besides the sum.
    Each,
}

impl Observed {
    /// Reads every breaker and every group of a registry, sorted by name.
    pub(crate) fn all(registry: &Registry) -> Vec<Self> {
        let breakers = registry.observed().into_iter();
        let mut observed: Vec<_> = breakers
            .map(|(breaker, declared)| Self::of_breaker(&breaker, declared))
            .collect();
        let mut groups: Vec<_> = registry.groups().map(|group| Self::of_group(&group)).collect();
        // Two functions may give one name to a breaker and to a group. Prometheus would refuse
        // two series with the same labels.
        groups.retain(|group| {
            observed
                .binary_search_by(|one| one.name().cmp(group.name()))
                .is_err()
        });
        if !groups.is_empty() {
            observed.append(&mut groups);
            observed.sort_by(|one, other| one.name().cmp(other.name()));
        }
        observed
    }

    /// Reads the breakers of all groups that exist, each group's sorted by name.
    pub(crate) fn keyed(registry: &Registry, keys: ExportedKeys) -> Vec<Self> {
        let groups = registry.groups().filter(|_| keys == ExportedKeys::Each);
        groups
            .flat_map(|group| group.iter().collect::<Vec<_>>())
            .map(|breaker| Self::of_breaker(&breaker, None))
            .collect()
    }

    fn of_breaker(breaker: &CircuitBreaker, declared: Option<&'static Declaration>) -> Self {
        let Snapshot {
            name,
            state,
            totals,
            transitions,
            open_time,
            latency,
            window,
            ..
        } = breaker.snapshot();
        Self {
            name,
            totals,
            transitions,
            open_time,
            latency,
            settings: breaker.settings(),
            part: ObservedPart::Breaker { state, window },
            declared,
        }
    }

    fn of_group(group: &KeyedBreakers) -> Self {
        let snapshot = group.snapshot();
        let part = GroupPart {
            in_state: State::ALL.map(|state| snapshot.in_state(state)),
            max_keys: snapshot.max_keys,
            evicted: snapshot.evicted,
            has_overflowed: snapshot.has_overflowed,
        };
        let GroupSnapshot {
            name,
            totals,
            transitions,
            open_time,
            latency,
            ..
        } = snapshot;
        Self {
            name,
            totals,
            transitions,
            open_time,
            latency,
            settings: group.settings(),
            part: ObservedPart::Group(Box::new(part)),
            declared: group.declaration(),
        }
    }

    /// Returns the name of the breaker or of the group.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the group and the key of a keyed breaker.
    pub(crate) fn group_and_key(&self) -> Option<(&str, &str)> {
        self.name.group().zip(self.name.key())
    }

    /// Returns `file:line` of the function that declares the breaker.
    pub(crate) fn declared_at(&self) -> Option<String> {
        self.declared.map(|declared| {
            let location = declared.location();
            format!("{}:{}", location.file(), location.line())
        })
    }
}
