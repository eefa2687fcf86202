//! The state machine: one packed word, the only compare-exchange on it, and the pure rules that say what comes next.

mod cell;
pub(crate) mod rules;
mod word;

pub(crate) use cell::{Added, Machine, Sight};
pub(crate) use word::{Automatic, Override, Word};

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
