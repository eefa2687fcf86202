//! One process's part in a fleet, as a state machine that performs no I/O.

mod action;
mod breakers;
mod entry;
mod forced;
mod input;
mod machine;
mod reports;
mod shared;
mod timing;

pub(crate) use action::{Action, FleetWarning, Output};
pub(crate) use breakers::{Breakers, Condition, View};
pub(crate) use input::{ChangedBy, Input, LocalEvent, Request};
pub(crate) use machine::Member;
pub(crate) use timing::Timing;
