//! The places of the names of one group, which are reused.

use std::collections::{HashMap, VecDeque};

use crate::{
    config::name::{
        Name,
        cell::{BreakerName, NameCell, Tenant},
        check::intern,
        text::GONE,
    },
    sync::{StaticMutex, lock_static},
};

/// The places of the names of all groups that are called the same.
///
/// A group needs as many places as it has breakers at a time, evicted ones with handles included. A
/// place is leaked when it is first needed. So the memory does not grow with the number of keys.
pub(crate) struct NamePool {
    group: &'static str,
    /// Reused in the order in which they became free, so that the name in a kept rejection stays
    /// readable for as long as possible.
    free: StaticMutex<VecDeque<&'static NameCell>>,
}

impl NamePool {
    /// Returns the one pool of groups of this name.
    pub(crate) fn of(group: &'static str) -> &'static Self {
        static POOLS: StaticMutex<Option<HashMap<&'static str, &'static NamePool>>> = StaticMutex::new(None);
        let mut pools = lock_static(&POOLS);
        let pools = pools.get_or_insert_with(HashMap::new);
        pools.entry(group).or_insert_with(|| {
            Box::leak(Box::new(Self {
                group: intern(group),
                free: StaticMutex::new(VecDeque::new()),
            }))
        })
    }

    /// Makes the name of a keyed breaker.
    pub(crate) fn name(&'static self, key: &str) -> BreakerName {
        let free = lock_static(&self.free).pop_front();
        let cell = free.unwrap_or_else(|| {
            Box::leak(Box::new(NameCell::Reused {
                pool: self,
                tenant: StaticMutex::new(Tenant {
                    version: 0,
                    name: self.gone(),
                }),
            }))
        });
        cell.rent(Name::keyed(self.group, key))
    }

    /// The name of a breaker whose key is not known any more.
    pub(super) fn gone(&self) -> Name {
        Name::keyed(self.group, GONE)
    }

    pub(super) fn free(&self, cell: &'static NameCell) {
        lock_static(&self.free).push_back(cell);
    }
}
