//! What the tests of attribute and runtime share.

pub mod model;
pub mod recorded;
pub mod subject;
