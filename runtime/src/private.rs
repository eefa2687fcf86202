//! What generated code may name. No promise is made about any of it.

pub use crate::{call_site::CallSite, declaration::Declaration};

#[cfg(feature = "catalog")]
pub use crate::catalog::Entry;
#[cfg(feature = "catalog")]
pub use inventory;

/// Enters a call site into the catalogue.
#[cfg(feature = "catalog")]
#[doc(hidden)]
#[macro_export]
macro_rules! __catalogue {
    ($site:path) => {
        $crate::__private::inventory::submit! {
            $crate::__private::Entry($site.declaration())
        }
    };
}

/// Without the feature `catalog` there is none.
#[cfg(not(feature = "catalog"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __catalogue {
    ($site:path) => {};
}

pub use crate::__catalogue as catalogue;
