//! Totals since the start, counted without a shared write.

mod retired;
pub(crate) mod striped;
mod totals;

pub(crate) use retired::RetiredTotals;
pub use totals::Totals;
pub(crate) use totals::{Count, StripedTotals};
