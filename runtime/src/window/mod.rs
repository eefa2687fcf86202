//! The calls over which the threshold is judged: one file for each kind of
//! window.

mod active;
mod count;
mod failure_log;
mod generation;
mod sample;
mod slot;
mod steady_time;
mod time;

pub(crate) use sample::{ReportedTally, Sample, Successful};
pub(crate) use slot::WindowSlot;

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
