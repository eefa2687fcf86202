//! Names of breakers: their rule, how they are kept, and how users read them.

mod cell;
mod check;
mod pool;
mod text;

pub(crate) use cell::{BreakerName, NamePlace, NameRef, VERSION_BITS};
pub(crate) use check::{check, intern};
pub(crate) use pool::NamePool;
pub use text::Name;

#[cfg(test)]
mod tests;
