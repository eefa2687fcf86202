//! The declarations that annotated functions submit when the program is linked.

use crate::registry::Declaration;

/// The entry of one annotated function.
#[derive(Debug)]
#[doc(hidden)]
pub struct Entry(pub &'static Declaration);

inventory::collect!(Entry);

pub(super) fn declarations() -> impl Iterator<Item = &'static Declaration> {
    inventory::iter::<Entry>.into_iter().map(|entry| entry.0)
}
