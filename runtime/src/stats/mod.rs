//! Totals since the start, counted without a shared write.

pub(crate) mod striped;
mod totals;

pub use totals::Totals;
pub(crate) use totals::{Count, StripedTotals};
