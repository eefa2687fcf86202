//! A name that a breaker and a group of keyed breakers both claim.

use crate::registry::{Declaration, Registry, catalog};

/// The owner of a name that a function of the other kind also claims: one with
/// keys, the other without.
pub(super) struct Rival {
    /// The function that declares it; `None` if a builder has made it.
    pub(super) declared: Option<&'static Declaration>,
}

impl Registry {
    /// Returns what keeps this explicit name from a function: a breaker or a group
    /// of the other kind that exists, or a function of the other kind that is
    /// declared before it.
    pub(super) fn rival(&self, name: &str, declaration: &'static Declaration) -> Option<Rival> {
        if declaration.is_keyed() {
            let existing = self.find(name);
            if let Some(existing) = existing {
                return Some(Rival {
                    declared: existing.declared,
                });
            }
        } else if let Some(existing) = self.find_group(name) {
            return Some(Rival {
                declared: existing.declaration(),
            });
        }
        let before = |other: &&'static Declaration| catalog::order(other) < catalog::order(declaration);
        rivals(name, declaration).find(before).map(|first| Rival {
            declared: Some(first),
        })
    }
}

/// Returns the functions of the other kind that have this explicit name, in
/// order.
pub(super) fn rivals(
    name: &str,
    declaration: &Declaration,
) -> impl Iterator<Item = &'static Declaration> + use<> {
    let others = if declaration.is_keyed() {
        catalog::of_name(name)
    } else {
        catalog::keyed_of_name(name)
    };
    others.iter().copied().filter(|other| other.has_explicit_name())
}
