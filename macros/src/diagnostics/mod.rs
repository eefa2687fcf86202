//! What the attribute reports: errors, suggestions, and the original item beside them.

mod errors;
pub(crate) mod original_item;
mod suggestions;

pub(crate) use self::errors::Errors;
pub(crate) use self::suggestions::did_you_mean;
