//! The parts that the tests of attribute and runtime share.

#![allow(clippy::missing_panics_doc, reason = "these parts panic if a test is wrong")]

pub mod by_hand;
pub mod called;
pub mod convert;
pub mod error;
pub mod hostile;
pub mod log;
pub mod model;
pub mod real;
pub mod recorded;
pub mod stage;
pub mod subject;
