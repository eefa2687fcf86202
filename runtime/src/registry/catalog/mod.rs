//! Every annotated function of the program, with the feature `catalog`.

#[cfg_attr(feature = "catalog", path = "linked.rs")]
#[cfg_attr(not(feature = "catalog"), path = "empty.rs")]
mod imp;

use std::{collections::HashMap, ptr};

use crate::{registry::Declaration, sync::OnceLock};

/// Returns every declaration, in the order (crate, module, file, line).
pub(crate) fn all() -> &'static [&'static Declaration] {
    static ALL: OnceLock<Vec<&'static Declaration>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<_> = imp::declarations().collect();
        all.sort_by_key(|declaration| order(declaration));
        all
    })
}

/// Returns the place of a declaration in the order of the catalogue.
///
/// One macro call gives several functions one location. Their addresses order them.
pub(super) fn order(declaration: &'static Declaration) -> impl Ord + use<> {
    let location = declaration.location();
    (location.crate_name(), location, ptr::from_ref(declaration).addr())
}

type ByName = HashMap<String, Vec<&'static Declaration>>;

/// Returns the declarations of this explicit or default name that have one
/// breaker, in order.
pub(crate) fn of_name(name: &str) -> &'static [&'static Declaration] {
    static BY_NAME: OnceLock<ByName> = OnceLock::new();
    find(
        BY_NAME.get_or_init(|| by_name(|declaration| !declaration.is_keyed())),
        name,
    )
}

/// Returns the declarations of this explicit or default name that have one
/// breaker per key, in order.
pub(crate) fn keyed_of_name(name: &str) -> &'static [&'static Declaration] {
    static BY_NAME: OnceLock<ByName> = OnceLock::new();
    find(BY_NAME.get_or_init(|| by_name(Declaration::is_keyed)), name)
}

fn by_name(is_meant: impl Fn(&Declaration) -> bool) -> ByName {
    let mut by_name = ByName::new();
    for declaration in all().iter().filter(|declaration| is_meant(declaration)) {
        by_name.entry(declaration.name()).or_default().push(*declaration);
    }
    by_name
}

fn find(by_name: &'static ByName, name: &str) -> &'static [&'static Declaration] {
    by_name.get(name).map_or(&[], Vec::as_slice)
}
