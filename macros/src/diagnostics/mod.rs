//! The output for mistakes: errors, suggestions, the original item.

mod errors;
pub(crate) mod original_item;
mod suggestions;

pub(crate) use self::errors::Errors;
pub(crate) use self::suggestions::did_you_mean;
