//! The declarations that annotated functions submit when the program is linked.

use crate::registry::Declaration;

// The declaration itself, and not a type around it, which rustc would have to check in each
// annotated function.
inventory::collect!(&'static Declaration);

pub(super) fn declarations() -> impl Iterator<Item = &'static Declaration> {
    inventory::iter::<&'static Declaration>.into_iter().copied()
}
