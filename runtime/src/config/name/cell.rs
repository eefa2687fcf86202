//! Names in a pointer, so that a rejection can be copied and still names its
//! breaker.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    hash::{Hash, Hasher},
    ptr,
};

use crate::{
    config::name::{Name, check::intern, text::GONE},
    sync::{StaticMutex, lock_static},
};

/// The number of bits of a [`NameRef`]'s version.
pub(crate) const VERSION_BITS: u32 = 12;

/// The place of one name, which lives as long as the process.
///
/// A fixed name has a place of its own. Keyed breakers come and go, so theirs are reused: see
/// [`NamePool`].
pub(super) enum NameCell {
    Fixed(&'static str),
    Reused {
        pool: &'static NamePool,
        tenant: StaticMutex<Tenant>,
    },
}

/// The breaker that has a place now, or had it last.
pub(super) struct Tenant {
    /// How many breakers had the place before.
    pub(super) version: u16,
    pub(super) name: Name,
}

/// A name in a pointer and 12 bits, which can be copied and kept for ever.
///
/// If the place has gone to another breaker since, the name is that of the group with `…` for the
/// key. After 4,096 breakers a version comes again; then a `NameRef` as old as that reads the name
/// of a later breaker of its group.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NameRef {
    place: NamePlace,
    version: u16,
}

/// The name that a breaker holds. Dropping it frees the place of a keyed one.
pub struct BreakerName {
    name: Name,
    reference: NameRef,
}

impl NameCell {
    /// Gives the place to a breaker of this name. In a reused place, references to
    /// the breaker before it lose their key.
    pub(super) fn rent(&'static self, name: Name) -> BreakerName {
        let version = match self {
            Self::Fixed(_) => 0,
            Self::Reused { tenant, .. } => {
                let mut tenant = lock_static(tenant);
                tenant.version = tenant.version.wrapping_add(1) & ((1 << VERSION_BITS) - 1);
                tenant.name = name.clone();
                tenant.version
            }
        };
        BreakerName {
            name,
            reference: NamePlace(self).with_version(version),
        }
    }
}

impl NameRef {
    pub(crate) fn name(self) -> Name {
        match self.place.0 {
            NameCell::Fixed(name) => Name::fixed(name),
            NameCell::Reused { pool, tenant } => {
                let tenant = lock_static(tenant);
                if tenant.version == self.version {
                    tenant.name.clone()
                } else {
                    pool.gone()
                }
            }
        }
    }

    /// Takes the reference apart, for a type that packs the version.
    pub(crate) const fn into_parts(self) -> (NamePlace, u16) {
        (self.place, self.version)
    }
}

/// The pointer of a [`NameRef`], without its version.
#[derive(Clone, Copy)]
pub(crate) struct NamePlace(&'static NameCell);

impl NamePlace {
    pub(crate) const fn with_version(self, version: u16) -> NameRef {
        NameRef { place: self, version }
    }
}

impl BreakerName {
    /// Returns the name of a breaker without a key.
    pub(crate) fn fixed(name: &str) -> Self {
        let cell: &'static NameCell = cell_of(intern(name));
        cell.rent(Name::fixed(intern(name)))
    }

    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    #[inline]
    pub(crate) const fn reference(&self) -> NameRef {
        self.reference
    }
}

/// Returns the one place of a fixed name.
fn cell_of(name: &'static str) -> &'static NameCell {
    use std::collections::HashMap;

    static CELLS: StaticMutex<Option<HashMap<&'static str, &'static NameCell>>> = StaticMutex::new(None);
    let mut cells = lock_static(&CELLS);
    let cells = cells.get_or_insert_with(HashMap::new);
    cells
        .entry(name)
        .or_insert_with(|| Box::leak(Box::new(NameCell::Fixed(name))))
}

impl Drop for BreakerName {
    fn drop(&mut self) {
        if let NameCell::Reused { pool, .. } = self.reference.place.0 {
            pool.free(self.reference.place.0);
        }
    }
}

/// Places are equal if they are one and the same.
impl PartialEq for NamePlace {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl Eq for NamePlace {}

impl Hash for NamePlace {
    fn hash<H: Hasher>(&self, state: &mut H) {
        ptr::from_ref(self.0).addr().hash(state);
    }
}

impl fmt::Debug for NameRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

impl fmt::Display for NameRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl fmt::Debug for BreakerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.name, f)
    }
}

/// The places of the names of all groups that are called the same.
///
/// A group needs as many places as it has breakers at a time, evicted ones with handles included. A
/// place is leaked when it is first needed. So the memory does not grow with the number of keys.
pub(crate) struct NamePool {
    group: &'static str,
    /// Reused in the order in which they became free.
    ///
    /// So the name in a kept rejection stays readable for as long as possible.
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

    /// Returns the name of a breaker whose key is gone.
    fn gone(&self) -> Name {
        Name::keyed(self.group, GONE)
    }

    fn free(&self, cell: &'static NameCell) {
        lock_static(&self.free).push_back(cell);
    }
}
