//! Names of breakers: their rule, how they are kept, and how users read them.

mod cell;
mod check;
mod text;

pub(crate) use cell::{BreakerName, NamePlace, NamePool, NameRef, VERSION_BITS};
pub(crate) use check::{check, intern};
pub use text::Name;

#[cfg(test)]
mod tests;
