//! Every annotated function of the program, known at link time; empty without the feature `catalog`.

#[cfg_attr(feature = "catalog", path = "linked.rs")]
#[cfg_attr(not(feature = "catalog"), path = "empty.rs")]
mod imp;

use std::{collections::HashMap, sync::OnceLock};

use crate::registry::Declaration;

#[cfg(feature = "catalog")]
pub use imp::Entry;

/// Every declaration, in the order (crate, module, file, line).
pub(crate) fn all() -> &'static [&'static Declaration] {
    static ALL: OnceLock<Vec<&'static Declaration>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<_> = imp::declarations().collect();
        all.sort_by_key(|declaration| (declaration.location().crate_name(), declaration.location()));
        all
    })
}

/// The declarations that have or would have this name, in the same order.
pub(crate) fn of_name(name: &str) -> &'static [&'static Declaration] {
    static BY_NAME: OnceLock<HashMap<String, Vec<&'static Declaration>>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for declaration in all() {
            by_name.entry(declaration.name()).or_default().push(*declaration);
        }
        by_name
    });
    by_name.get(name).map_or(&[], Vec::as_slice)
}
