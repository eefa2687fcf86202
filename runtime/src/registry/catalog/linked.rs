//! The declarations that annotated functions submit when the program is linked.

use crate::registry::Declaration;

/// The declaration of one annotated function, as the linker collects it.
#[derive(Debug)]
#[doc(hidden)]
pub struct LinkedDeclaration(pub &'static Declaration);

inventory::collect!(LinkedDeclaration);

pub(super) fn declarations() -> impl Iterator<Item = &'static Declaration> {
    inventory::iter::<LinkedDeclaration>
        .into_iter()
        .map(|entry| entry.0)
}
