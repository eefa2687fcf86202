//! What the tests of attribute and runtime share.

pub mod by_hand;
pub mod convert;
pub mod model;
pub mod real;
pub mod recorded;
pub mod stage;
pub mod subject;
