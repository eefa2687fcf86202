//! Totals since the start, counted without a shared write.

mod latency;
pub(crate) mod striped;
mod totals;

pub use latency::Latency;
pub(crate) use latency::LatencyHistogram;
pub use totals::Totals;
pub(crate) use totals::{Count, StripedTotals};
