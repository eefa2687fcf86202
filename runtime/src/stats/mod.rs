//! Counts since the start, made without a shared write.

mod durations;
mod latency;
mod open_time;
mod retired;
pub(crate) mod striped;
mod totals;
mod transitions;

pub use durations::Durations;
pub use latency::Latency;
pub(crate) use latency::LatencyRecorder;
pub(crate) use open_time::OpenTime;
pub(crate) use retired::{Counts, RetiredCounts};
pub use totals::Totals;
pub(crate) use totals::{Count, StripedTotals};
pub(crate) use transitions::TransitionCounts;
pub use transitions::Transitions;
