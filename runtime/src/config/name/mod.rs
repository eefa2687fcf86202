//! Names of breakers: the rule for them, their storage, and their text.

mod cell;
mod check;
mod text;

pub(crate) use cell::{BreakerName, NamePlace, NamePool, NameRef, VERSION_BITS};
pub(crate) use check::{check, intern};
pub use text::Name;

#[cfg(test)]
mod tests;
