//! Which calls the threshold is judged over: one file for each kind of window.

mod count;
mod failure_log;
mod generation;
mod kind;
mod sample;
mod slot;
mod steady_time;
mod time;

pub(crate) use sample::{Counts, Sample, Successful};
pub(crate) use slot::WindowSlot;

#[cfg(all(test, not(fusebox_loom)))]
mod tests;
